import Testing
import Torch

@Suite("Tensor")
struct TensorTests {
  @Test("Keeps numbers, shape and type")
  func keepsNumbers() throws {
    let tensor = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(tensor.shape == [2, 3])
    #expect(tensor.dtype == .float32)
    #expect(tensor.transposed().floats == [1, 4, 2, 5, 3, 6])
    #expect(try tensor.to(.int64).array(of: Int64.self) == [1, 2, 3, 4, 5, 6])
  }

  @Test("Broadcasts as NumPy does")
  func broadcasts() {
    let column = Tensor([1, 2] as [Float], shape: [2, 1])
    let row = Tensor([10, 20, 30] as [Float])
    #expect((column + row).floats == [11, 21, 31, 12, 22, 32])
  }

  @Test("The same seed draws the same numbers, another one others")
  func seeds() {
    let first = Tensor.normal([8], using: Generator(seed: 3)).floats
    #expect(Tensor.normal([8], using: Generator(seed: 3)).floats == first)
    #expect(Tensor.normal([8], using: Generator(seed: 4)).floats != first)
  }

  @Test("Shapes that do not fit stop the program, and the message names both")
  func misfitStops() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = matmul(.zeros([2, 3]), .zeros([2, 3]))
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("[2, 3] and [2, 3]"))
    #expect(message.contains("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"))
  }

  @Test("In a throwing scope the first misfit is thrown and the operations after it do no harm")
  func misfitThrows() {
    #expect {
      _ = try catchingTorchErrors {
        let wrong = matmul(.zeros([2, 3]), .zeros([4, 5]))
        return linear(wrong + 1, .zeros([7, 5]), nil).softmax().normalized().floats
      }
    } throws: { error in
      "\(error)".contains("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)")
    }
  }

  @Test("An unknown or absent device is named", arguments: ["gpu", "cuda:99", "cuda:x"])
  func refusesDevices(name: String) {
    #expect { try Device(named: name) } throws: { "\($0)".contains("“\(name)”") }
  }
}
