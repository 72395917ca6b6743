internal import CTorch

/// The settings of libtorch that hold for the whole process.
package enum Engine {
  /// libtorch's version, as `2.13.0`.
  package static var version: String { String(cString: ct_version()) }

  /// Threads that one operation may use.
  package static var threads: Int {
    get { Int(ct_threads()) }
    set { ct_set_threads(Int32(clamping: newValue)) }
  }

  /// Begins the random numbers of dropout anew.
  package static func seed(_ seed: UInt64) { ct_seed(seed) }

  /// Keeps freed memory for the next tensors: a training step frees and asks for the same again, and
  /// a tenth of its time would go into fresh pages.
  package static func keepMemory() { ct_keep_memory() }

  /// How float32 linear layers are computed on a CPU.
  package enum LinearKernel: String, Sendable {
    case oneDNN = "oneDNN"
    case blas = "BLAS"
  }

  package static var linearKernel: LinearKernel {
    get { ct_onednn_linear() ? .oneDNN : .blas }
    set { ct_set_onednn_linear(newValue == .oneDNN) }
  }

  /// Times a linear layer forward and backward with each kernel and keeps the faster.
  ///
  /// MKL leaves AVX-512 unused on AMD processors, where oneDNN is about twice as fast; on others it
  /// may be the other way round. Takes some 50 ms.
  @discardableResult
  package static func chooseLinearKernel() -> LinearKernel {
    let x = Tensor.ones([512, 384])
    let weight = Parameter("weight", .ones([1024, 384]))
    func seconds(_ kernel: LinearKernel) -> Double {
      linearKernel = kernel
      let clock = ContinuousClock()
      var best = Double.infinity
      for _ in 0..<4 {
        let time = clock.measure {
          let y = linear(x, weight.value, nil).sum()
          do { try y.backward() } catch { best = .infinity }
        }
        best = min(best, time / .seconds(1))
      }
      return best
    }
    let blas = seconds(.blas)
    linearKernel = seconds(.oneDNN) < blas ? .oneDNN : .blas
    return linearKernel
  }
}
