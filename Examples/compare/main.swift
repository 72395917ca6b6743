// Which of some texts, in any languages, says best what a picture shows?
//
//     swift run CompareExample .demo/run apple.png "a red apple" "빨간 사과" "tufaha jekundu" "a bicycle"

import Foundation
import Pictoglot

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count >= 3 else {
  print("usage: CompareExample MODEL PICTURE TEXT…")
  exit(2)
}
do {
  let model = try await ImageTextModel(arguments[1])
  let picture = try await model.embed(pictureFile: arguments[2])
  for text in arguments.dropFirst(2) {
    print(picture.similarity(to: try await model.embed(text)), text)
  }
} catch {
  print("\(error)")
  exit(1)
}
