import Files
import Foundation
import Layers
import Torch

/// An archive of NumPy arrays (`.npz`), compressed or not. Each array is called as its file in the
/// archive, without “.npy”.
///
/// - Source: numpy, `numpy.savez` and `numpy.savez_compressed`.
final class NumPyArchive: TensorFile {
  private struct Place {
    let entry: ZipArchive.Entry
    let tensor: StoredTensor
  }

  let path: String
  let entries: [String: TensorEntry]
  private let mapping: MappedFile
  private let archive: ZipArchive
  private let places: [String: Place]
  private let refusals: [String: String]

  init(_ archive: ZipArchive, _ mapping: MappedFile, path: String) throws(CheckpointError) {
    self.path = path
    self.mapping = mapping
    self.archive = archive
    var places: [String: Place] = [:]
    var refusals: [String: String] = [:]
    for entry in archive.entries where entry.name.hasSuffix(".npy") {
      let key = String(entry.name.dropLast(4))
      do {
        places[key] = Place(entry: entry, tensor: try Self.tensor(entry, of: archive))
      } catch {
        // Arrays of objects or texts do not keep the others from being read.
        refusals[key] = error.reason
      }
    }
    self.places = places
    self.refusals = refusals
    entries = places.mapValues(\.tensor.entry)
  }

  /// What the header of an entry says; the tensor's place is that in the unpacked entry.
  private static func tensor(_ entry: ZipArchive.Entry, of archive: ZipArchive) throws(Damage)
    -> StoredTensor
  {
    let packed = UnsafeRawBufferPointer(
      rebasing: archive.bytes[try archive.packedBytes(of: entry)])
    switch entry.method {
    case 0: return try NumPyHeader(packed).tensor(in: 0..<packed.count)
    case 8:
      // No byte can stand for more than 1,032.
      guard entry.size / 1032 <= packed.count else {
        throw Damage(
          "“\(entry.name)” claims to unpack to \(entry.size) bytes, which is not possible")
      }
      let start = try ByteBuffer(count: min(entry.size, NumPyHeader.maximum + 16))
      let count = try unpack(packed, into: start.bytes).count
      return try NumPyHeader(UnsafeRawBufferPointer(rebasing: start.bytes[..<count]))
        .tensor(in: 0..<entry.size)
    default:
      throw Damage(
        "“\(entry.name)” is compressed by method \(entry.method), which is not supported")
    }
  }

  /// - Returns: How many bytes were written, and whether they are all that was packed.
  private static func unpack(
    _ packed: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(Damage) -> (count: Int, isWhole: Bool) {
    do throws(Inflate.Fault) { return try Inflate.raw(packed, into: target) } catch {
      throw Damage(
        error == .cutShort
          ? "its compressed bytes are cut short" : "its compressed bytes are damaged")
    }
  }

  func tensor(_ key: String) throws(CheckpointError) -> Tensor {
    guard let place = places[key] else {
      if let reason = refusals[key] {
        throw .unreadable(path: path, key: key, reason: Damage(reason))
      }
      throw .missing(key: key, closest: closest(to: key, among: entries.keys))
    }
    do {
      let packed = UnsafeRawBufferPointer(
        rebasing: mapping.bytes[try archive.packedBytes(of: place.entry)])
      guard place.entry.method == 8 else {
        return try place.tensor.tensor(in: packed, owner: mapping)
      }
      let buffer = try ByteBuffer(count: place.entry.size)
      let whole = UnsafeRawBufferPointer(buffer.bytes)
      let (count, isWhole) = try Self.unpack(packed, into: buffer.bytes)
      guard isWhole else { throw Damage("it unpacks to more bytes than it claims") }
      guard count == whole.count, Inflate.checksum(whole) == place.entry.checksum else {
        throw Damage("its bytes are not those that were packed")
      }
      return try place.tensor.tensor(in: whole, owner: buffer)
    } catch { throw .unreadable(path: path, key: key, reason: error) }
  }
}
