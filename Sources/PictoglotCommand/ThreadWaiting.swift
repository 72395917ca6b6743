import Foundation

/// Restarts the program with OpenMP threads that spin only briefly while they wait.
///
/// GNU's OpenMP, on which libtorch computes, lets a waiting thread spin for milliseconds. While
/// another thread reads pictures on the same cores, the spinning one keeps the working one from its
/// core: training on two busy cores was measured two to four times slower for it. The library reads
/// the setting when it is loaded, before `main`, so the program restarts itself. If one of the
/// variables is set already, nothing changes.
func restartWithShortSpinning() {
  #if os(Linux)
    let settings = ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"]
    guard settings.allSatisfy({ getenv($0) == nil }) else { return }
    setenv("GOMP_SPINCOUNT", "2000", 1)
    var arguments: [UnsafeMutablePointer<CChar>?] =
      Swift.CommandLine.arguments.map { strdup($0) } + [nil]
    execv("/proc/self/exe", &arguments)
  // Only reached if the system refused: the program continues, but slower.
  #endif
}
