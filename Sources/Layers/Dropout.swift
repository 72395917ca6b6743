package import Torch

/// Numbers zeroed at random while a network learns, the others scaled up so that the mean stays.
///
///     y = x · m / (1 − rate), with m = 0 at the probability rate, else 1
///
/// What is zeroed is drawn for a sample and a token, at this place of the network: see ``Draws``.
///
/// - Shapes: any, unchanged
/// - Source: Srivastava et al. 2014, JMLR 15(56); as a whole: Huang et al. 2016, arXiv:1603.09382.
package struct Dropout {
  private let rate: Double
  private let place: UInt64

  /// - Parameters:
  ///   - scope: A place of its own, where no parameter is made.
  package init(_ rate: Double, in scope: Scope) { (self.rate, place) = (rate, scope.number) }

  /// What is dropped of the batch at hand; nil where nothing is.
  package var current: Dropping? { Dropping(rate: rate, at: place) }

  /// - Parameters:
  ///   - places: What each vector of `x` is of.
  package func callAsFunction(_ x: Tensor, _ places: VectorPlaces) -> Tensor {
    current.map { dropout(x, $0, places: places.tokens) } ?? x
  }

  /// Zeroes all of a sample, or nothing.
  package func whole(_ x: Tensor, _ places: VectorPlaces) -> Tensor {
    current.map { dropout(x, $0, places: places.samples, whole: true) } ?? x
  }
}

/// Which token of which sample of a batch each vector is.
package enum VectorPlaces {
  /// Of all tokens, padding too, `[batch, length, width]`.
  case padded(batch: Int, length: Int)
  /// Of so many tokens of each sample, one after another, `[tokens, width]`.
  case unpadded([Int])
  /// Of one token of each sample, `[batch, width]`.
  case rows([Int])

  /// Of all tokens of `[batch, length, width]`.
  package init(paddedLike x: Tensor) { self = .padded(batch: x.shape[0], length: x.shape[1]) }

  /// Of samples as a whole, `[batch, …]`.
  package init(samplesOf x: Tensor) { self = .rows([Int](repeating: 0, count: x.shape[0])) }

  /// 2³² · sample + token, for each vector.
  fileprivate var tokens: [Int64] {
    func place(_ sample: Int, _ token: Int) -> Int64 { Int64(sample) << 32 | Int64(token) }
    return switch self {
    case .padded(let batch, let length):
      (0..<batch).flatMap { sample in (0..<length).map { place(sample, $0) } }
    case .unpadded(let lengths):
      lengths.enumerated().flatMap { sample, length in (0..<length).map { place(sample, $0) } }
    case .rows(let rows): rows.enumerated().map(place)
    }
  }

  /// 2³² · sample, for each vector.
  fileprivate var samples: [Int64] { tokens.map { ($0 >> 32) << 32 } }
}

/// What a block drops of what it adds to its input: single numbers, and the whole.
package struct BranchDropout {
  private let numbers, whole: Dropout

  package init(_ rates: DropoutRates, in scope: Scope) {
    numbers = Dropout(rates.hidden, in: scope / "dropout")
    whole = Dropout(rates.path, in: scope / "path")
  }

  package func callAsFunction(_ x: Tensor, _ places: VectorPlaces) -> Tensor {
    whole.whole(numbers(x, places), places)
  }

  var isOff: Bool { numbers.current == nil && whole.current == nil }
}
