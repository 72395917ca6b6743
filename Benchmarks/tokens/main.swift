import Foundation
import Tokens

// Texts a second of processor time of our tokenizer on one thread: the way to ids, as training and
// serving take it. Processor time, for other programs may keep the machine busy.
//
//     tokens-benchmark tokenizer.json captions.txt
//
// “cold” begins with an empty cache of words; “warm” goes over the same texts again.
guard CommandLine.arguments.count == 3 else {
  print("usage: tokens-benchmark TOKENIZER CAPTIONS")
  exit(2)
}
let texts = try String(contentsOfFile: CommandLine.arguments[2], encoding: .utf8)
  .split(separator: "\n").map(String.init)
let tokenizer = try Tokenizer(contentsOf: CommandLine.arguments[1])

func measure(_ name: String, _ count: (String) -> Int) {
  var tokens = 0
  let start = clock()
  for text in texts { tokens += count(text) }
  let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
  let perSecond = Int(Double(texts.count) / seconds)
  print("\(name)\t\(perSecond) texts/s\t\(tokens) tokens")
}

measure("pictoglot cold") { tokenizer.ids($0).ids.count }
measure("pictoglot warm") { tokenizer.ids($0).ids.count }
measure("pictoglot with offsets") { tokenizer.encode($0).count }
