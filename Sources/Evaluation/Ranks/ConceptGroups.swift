/// The pictures of each concept.
struct ConceptGroups: Sendable {
  /// For each picture its concept, numbered from 0 in the order of first appearance.
  let conceptOfImage: [Int]

  /// For each concept its pictures.
  let imagesOfConcept: [[Int]]

  init(_ concepts: [Int]) {
    var numbers: [Int: Int] = [:]
    var images: [[Int]] = []
    conceptOfImage = concepts.enumerated().map { image, concept in
      if let number = numbers[concept] {
        images[number].append(image)
        return number
      }
      numbers[concept] = images.count
      images.append([image])
      return images.count - 1
    }
    imagesOfConcept = images
  }
}
