import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Answers what is no HTTP request, or one whose head is too long, with a line that says so.
///
/// Such requests never reach the ``Site``, and would be answered with an empty body.
final class UnreadableRequests: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// The most bytes of an address and of all header fields, and the most of these fields.
  static let (longestHead, mostFields) = (80 << 10, 1000)

  private var isAnswering = false

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head: isAnswering = true
    case .end: isAnswering = false
    case .body: break
    }
    context.write(data, promise: promise)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError, !isAnswering else {
      return context.fireErrorCaught(error)
    }
    let reply = Self.requestError(for: error).reply
    guard case .whole(let body) = reply.body else { return }
    var fields = HTTPFields()
    for (name, value) in reply.headers {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    fields[.contentLength] = String(body.count)
    fields[.connection] = "close"
    let head = HTTPResponse(status: .init(code: reply.status), headerFields: fields)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    // The connection cannot be read any further.
    context.close(promise: nil)
  }

  static func requestError(for error: HTTPParserError) -> RequestError {
    switch error {
    case .headerOverflow:
      RequestError(
        status: 431,
        reason: "The request's head is too long: at most \(longestHead >> 10) KiB of address and "
          + "header fields and \(mostFields) fields are read. Send long texts by POST.")
    case .invalidURL, .invalidPath, .invalidQueryString, .invalidFragment, .invalidHost:
      .badRequest(
        "The address holds characters that must be percent-encoded; curl does so with "
          + "-G --data-urlencode \"q=…\".")
    default: .badRequest("This is not an HTTP request that can be read.")
    }
  }
}
