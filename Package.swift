// swift-tools-version: 6.2
import PackageDescription

/// The folder of libtorch: it holds `include/` and `lib/`. `Scripts/setup` puts one here.
let libtorch = Context.environment["LIBTORCH"] ?? Context.packageDirectory + "/.libtorch/torch"

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// Loops over bytes, pixels and scores are unbearably slow without optimization, in debug builds too.
let hot: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let argumentParser: Target.Dependency =
  .product(name: "ArgumentParser", package: "swift-argument-parser")

extension Target {
  /// The tests of a target; `others` are what they need besides.
  static func test(_ target: String, _ others: String...) -> Target {
    .testTarget(
      name: target + "Tests",
      dependencies: ([target, "TestSupport"] + others).map { .byName(name: $0) },
      swiftSettings: strict)
  }
}

let package = Package(
  name: "pictoglot",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Pictoglot", targets: ["Pictoglot"]),
    .executable(name: "pictoglot", targets: ["PictoglotCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
  ],
  targets: [
    // What settings of all layers have in common.
    .target(name: "Settings", swiftSettings: strict),

    // Names, files and folders as the system has them; archives, JSON, digests.
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(
      name: "Files", dependencies: ["CZlib", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: hot),

    // Vectors in rows: from the network to where they are measured, searched or written.
    .target(name: "Vectors", swiftSettings: hot),

    // What a language is called, and which one a text is in.
    .target(name: "CLanguageData", exclude: ["language-model.bin", "unicode.txt"]),
    .target(
      name: "Languages", dependencies: ["CLanguageData"],
      resources: [.embedInCode("Prompts/Templates")], swiftSettings: hot),

    // The engine.
    .target(
      name: "CTorch",
      cxxSettings: [
        .unsafeFlags([
          "-isystem", libtorch + "/include",
          "-isystem", libtorch + "/include/torch/csrc/api/include",
          "-O2",
        ])
      ],
      linkerSettings: [
        .unsafeFlags([
          "-L" + libtorch + "/lib",
          "-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../../../.libtorch/torch/lib",
          "-Xlinker", "-rpath", "-Xlinker", libtorch + "/lib",
        ]),
        .linkedLibrary("torch"), .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
      ]),
    .target(name: "Torch", dependencies: ["CTorch"], swiftSettings: strict),
    .target(name: "Layers", dependencies: ["Settings", "CTorch", "Torch"], swiftSettings: strict),
    .target(
      name: "Checkpoints", dependencies: ["Files", "Layers", "Torch"], swiftSettings: strict),

    // Files to numbers; these never see the engine.
    .systemLibrary(
      name: "CVipsLibrary", pkgConfig: "vips",
      providers: [.apt(["libvips-dev"]), .brew(["vips"])]),
    .target(
      name: "CVips", dependencies: ["CVipsLibrary"],
      cSettings: [
        .unsafeFlags(["-O2"]), .define("PICTOGLOT_LIBWEBP"),
        .define("PICTOGLOT_LIBJPEG", .when(platforms: [.linux])),
        .define("PICTOGLOT_LIBDEFLATE", .when(platforms: [.linux])),
      ],
      linkerSettings: [
        .linkedLibrary("webp"),
        .linkedLibrary("jpeg", .when(platforms: [.linux])),
        .linkedLibrary("deflate", .when(platforms: [.linux])),
      ]),
    .target(
      name: "Pictures", dependencies: ["Settings", "CVips", "Files"], swiftSettings: hot),
    .target(name: "Tokens", dependencies: ["Files", "Languages"], swiftSettings: hot),
    .systemLibrary(
      name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .target(
      name: "Corpora", dependencies: ["CZstd", "Files", "Languages", "Pictures"],
      swiftSettings: hot),
    .target(
      name: "EmojiCollection", dependencies: ["Corpora", "Files", "Languages", "Pictures"],
      swiftSettings: hot),
    .target(
      name: "Hub",
      dependencies: [
        "Files",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOFoundationCompat", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),

    // Learning.
    .target(name: "Towers", dependencies: ["Settings", "Layers", "Torch"], swiftSettings: strict),
    .target(name: "Losses", dependencies: ["Settings", "Torch"], swiftSettings: strict),
    .target(
      name: "Models",
      dependencies: [
        "Towers", "Layers", "Checkpoints", "Files", "Languages", "Pictures", "Tokens", "Torch",
        "Vectors",
      ],
      swiftSettings: strict),
    .target(
      name: "Recipes",
      dependencies: ["Settings", "Towers", "Losses", "Layers", "Torch", "Pictures", "Tokens"],
      swiftSettings: strict),
    .target(
      name: "Training",
      dependencies: [
        "Recipes", "Losses", "Models", "Towers", "Layers", "Checkpoints", "Corpora", "Files",
        "Languages",
        "Pictures", "Tokens", "Torch", "Vectors",
      ],
      swiftSettings: strict),
    .target(name: "Evaluation", dependencies: ["Files", "Vectors"], swiftSettings: hot),

    // Finding.
    .target(name: "CScan", cSettings: [.unsafeFlags(["-O3"])]),
    .target(
      name: "Search",
      dependencies: [
        "CScan", "Files", "Languages", "Vectors",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .target(
      name: "Server",
      dependencies: [
        "Files", "Languages", "Search", "Vectors",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
      ],
      resources: [.embedInCode("Page")],
      swiftSettings: strict),

    // What people read about what was found.
    .target(
      name: "Reports", dependencies: ["Evaluation", "Languages", "Search"], swiftSettings: strict),

    // Where everything meets.
    .target(
      name: "Pictoglot",
      dependencies: [
        "Hub", "Models", "Recipes", "Training", "Evaluation", "Search", "Settings", "Corpora",
        "Files", "Languages", "Pictures", "Tokens", "Towers", "Layers", "Checkpoints", "Torch",
        "Vectors",
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "PictoglotCommand",
      dependencies: [
        "Pictoglot", "Server", "Reports", "Search", "Settings", "Evaluation", "Training", "Recipes",
        "Models",
        "Hub", "Corpora", "EmojiCollection", "Files", "Languages", "Pictures", "Tokens", "Towers",
        "Torch", "Vectors", "Checkpoints", argumentParser, "Yams",
      ],
      swiftSettings: strict),

    .executableTarget(
      name: "CompareExample", dependencies: ["Pictoglot"], path: "Examples/compare",
      swiftSettings: strict),
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "Towers", "Losses", "Layers", "Torch", "Files", "Languages", "Pictures", "Tokens",
        "Corpora",
        argumentParser,
      ],
      swiftSettings: strict),

    .executableTarget(
      name: "Fuzz",
      dependencies: ["Checkpoints", "Layers", "Models", "Tokens", "Torch", argumentParser],
      swiftSettings: strict),

    // Tests mirror the targets.
    .target(
      name: "TestSupport",
      dependencies: [
        "Languages", "Pictures", "Vectors", .product(name: "Crypto", package: "swift-crypto"),
      ],
      path: "Tests/TestSupport",
      swiftSettings: strict),
    // What every store of vectors must do, for the tests of any target that has one.
    .target(
      name: "SearchTestKit", dependencies: ["Search"], path: "Tests/SearchTestKit",
      swiftSettings: strict),
    .test("Torch", "Checkpoints"),
    .test("Layers", "Torch"),
    .test("Checkpoints", "Layers", "Torch"),
    .test("Files"),
    .test("Pictures"),
    .test("Settings"),
    .test("Vectors"),
    .test("Languages"),
    .test("Tokens", "Files", "Languages"),
    .test("Corpora", "Files", "Languages", "Pictures"),
    .test("EmojiCollection", "Corpora", "Pictures"),
    .testTarget(
      name: "HubTests",
      dependencies: [
        "Files", "Hub", "TestSupport", .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .test("Towers", "Checkpoints", "Layers", "Losses", "Torch"),
    .test("Losses", "Checkpoints", "Settings", "Torch"),
    .test(
      "Models", "Towers", "Languages", "Layers", "Checkpoints", "Pictures", "Tokens", "Torch",
      "Vectors"),
    .test("Recipes", "Checkpoints", "Pictures", "Settings", "Towers", "Layers", "Torch"),
    .test(
      "Training", "Recipes", "Models", "Corpora", "Losses", "Pictures", "Tokens", "Towers",
      "Layers",
      "Torch"),
    .test("Evaluation", "Files", "Vectors"),
    .testTarget(
      name: "SearchTests",
      dependencies: [
        "Search", "SearchTestKit", "TestSupport", "CScan", "Files", "Languages", "Vectors",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .test("Reports", "Evaluation", "Languages", "Search"),
    .test("Server", "Languages", "Search", "Vectors"),
    .test(
      "Pictoglot", "Corpora", "Hub", "Models", "Towers", "Training", "Evaluation", "Search",
      "Languages", "Pictures", "Tokens", "Checkpoints", "Layers", "Torch", "Vectors",
      "CompareExample"),
    .test("PictoglotCommand", "Pictures"),
  ],
  cxxLanguageStandard: .cxx20
)
