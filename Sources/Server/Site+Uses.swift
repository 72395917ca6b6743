import Search

extension Site {
  func lens(_ question: Question, _ body: () async throws -> [UInt8]) async throws -> Reply {
    try await gate.admit {
      let asked =
        question.method == "POST"
        ? try LensQuestion(form: question.with(try await body()))
        : try LensQuestion(address: question)
      let answer = try await gate.whenFree { try await engine.lens(asked.request) }
      return .json(LensReply(answer, of: engine.info))
    }
  }

  func classify(_ question: Question, _ body: () async throws -> [UInt8]) async throws -> Reply {
    let reader = try requireReader()
    return try await gate.admit {
      let asked = try LabelQuestion(question.with(try await body()))
      let reply = try await gate.whenFree {
        try await reader.classify(
          picture: try await asked.picture.bytes(from: engine), labels: asked.labels,
          template: asked.template)
      }
      return .json(LabelsReply(reply))
    }
  }

  func heatMap(_ question: Question, _ body: () async throws -> [UInt8]) async throws -> Reply {
    let reader = try requireReader()
    return try await gate.admit {
      let asked = try PlaceQuestion(question.with(try await body()))
      let reply = try await gate.whenFree {
        try await reader.heatMap(
          picture: try await asked.picture.bytes(from: engine), of: asked.text)
      }
      return .json(PlacesReply(reply))
    }
  }

  private func requireReader() throws(RequestError) -> Reader {
    guard let reader else {
      throw RequestError(status: 422, reason: "This server has no model that answers on a picture.")
    }
    return reader
  }
}
