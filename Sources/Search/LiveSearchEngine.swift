import Synchronization

/// Searches an index and, as soon as another was committed in its place, that one.
///
/// Each question is answered by one index from beginning to end. An index that cannot be opened, or
/// that another model made, is told and not taken.
package final class LiveSearchEngine: SearchEngine {
  private struct State {
    var index: SearchIndex
    var engine: IndexSearchEngine
    /// That of the manifest when it was last looked into.
    var stamp: FileStamp?
  }

  private let state: Mutex<State>
  private let report: @Sendable (String) -> Void

  /// - Parameters:
  ///   - engine: Searches `index`.
  ///   - report: Called with a line for each index that was, or could not be, taken.
  package init(
    _ engine: IndexSearchEngine, of index: SearchIndex,
    report: @escaping @Sendable (String) -> Void
  ) {
    state = Mutex(State(index: index, engine: engine, stamp: nil))
    self.report = report
  }

  /// The engine of the index that is committed now.
  private var current: IndexSearchEngine {
    state.withLock { state in
      let index = state.index
      let stamp = FileStamp(path: index.folder + "/" + IndexManifest.fileName)
      guard let stamp, stamp != state.stamp else { return state.engine }
      state.stamp = stamp
      do throws(IndexError) {
        let next = try SearchIndex(opening: index.folder)
        if next.manifest != index.manifest {
          state.engine = try IndexSearchEngine(
            index: next, embedder: state.engine.embedder, pictures: state.engine.pictures)
          state.index = next
          report("The index was built again: \(next.count) pictures now, \(index.count) before.")
        }
      } catch {
        report("\(error) Until this server is started again, it answers from the old index.")
      }
      return state.engine
    }
  }

  package var info: SearchInfo { current.info }

  package func search(_ request: SearchRequest) async throws -> SearchAnswer {
    try await current.search(request)
  }

  package func lens(_ request: ComparisonRequest) async throws -> LanguageComparison {
    try await current.lens(request)
  }

  package func picture(of id: Int, longestSide: Int?) async throws -> PictureFile {
    try await current.picture(of: id, longestSide: longestSide)
  }
}
