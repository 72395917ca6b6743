/// A vector brought to length one, or nil if it is zero or not finite.
package func unitVector(_ vector: ArraySlice<Float>) -> [Float]? {
  var sum = 0.0
  for number in vector { sum += Double(number) * Double(number) }
  let length = sum.squareRoot()
  guard length.isFinite, length > 0 else { return nil }
  return vector.map { Float(Double($0) / length) }
}
