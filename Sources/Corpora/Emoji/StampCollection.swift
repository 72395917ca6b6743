func addStamps(
  _ stamps: DebianPackage, to writer: CollectionWriter,
  _ progress: ((CollectionProgress) -> Void)?
) throws(CorpusError) -> [CorpusProblem] {
  []
}
