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

  /// Takes the kernel that is faster on this processor.
  ///
  /// MKL leaves half of AVX-512 unused on AMD processors, where oneDNN is up to 1.5 times as fast, in
  /// training too; elsewhere MKL is as fast. By the kind of processor and not by a timing: a busy
  /// moment must not make a resumed run go on with another kernel than it began with, for then it
  /// would not end with the same numbers.
  @discardableResult
  package static func chooseLinearKernel() -> LinearKernel {
    linearKernel = ct_prefers_onednn() ? .oneDNN : .blas
    return linearKernel
  }
}
