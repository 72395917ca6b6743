import Foundation

/// Why the page cannot be served.
package enum ServerError: Error, Equatable {
  case portInUse(host: String, port: Int)
  case portNotAllowed(port: Int)
  case badPort(Int)
  case badHost(String)
  case cannotServe(host: String, port: Int, reason: String)
}

extension ServerError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .portInUse(let host, let port):
      "Port \(port) of \(host) is in use. Choose another with --port, or 0 for any free one."
    case .portNotAllowed(let port):
      "Port \(port) may not be used by you. Choose one from 1024 on with --port."
    case .badPort(let port):
      "A port is a number from 0 to 65535, not \(port)."
    case .badHost(let host):
      "“\(host)” is not an address of this machine."
    case .cannotServe(let host, let port, let reason):
      "The page cannot be served on \(host), port \(port): \(reason)."
    }
  }
}

/// An address that can be listened on, tried before the server starts so that what is wrong with it
/// can be said clearly.
struct ListeningAddress {
  static let localNames: Set = ["localhost", "127.0.0.1", "::1"]

  let isLoopback: Bool

  init(host: String, port: Int) throws(ServerError) {
    guard (0...65_535).contains(port) else { throw .badPort(port) }
    var hints = addrinfo()
    hints.ai_flags = AI_PASSIVE
    #if canImport(Glibc)
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
      hints.ai_socktype = SOCK_STREAM
    #endif
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &list) == 0, let found = list?.pointee else {
      throw .badHost(host)
    }
    defer { freeaddrinfo(list) }
    let descriptor = socket(found.ai_family, found.ai_socktype, found.ai_protocol)
    guard descriptor >= 0 else { throw .badHost(host) }
    defer { close(descriptor) }
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard bind(descriptor, found.ai_addr, found.ai_addrlen) == 0, listen(descriptor, 1) == 0 else {
      switch errno {
      case EADDRINUSE: throw .portInUse(host: host, port: port)
      case EACCES, EPERM: throw .portNotAllowed(port: port)
      case EADDRNOTAVAIL: throw .badHost(host)
      case let code:
        throw .cannotServe(host: host, port: port, reason: String(cString: strerror(code)))
      }
    }
    isLoopback =
      switch found.ai_family {
      case AF_INET:
        found.ai_addr.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
          $0.pointee.sin_addr.s_addr.bigEndian >> 24 == 127
        }
      case AF_INET6:
        found.ai_addr.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
          withUnsafeBytes(of: $0.pointee.sin6_addr) {
            $0.dropLast().allSatisfy { $0 == 0 } && $0[15] == 1
          }
        }
      default: false
      }
  }
}
