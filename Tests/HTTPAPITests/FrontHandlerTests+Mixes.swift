import TestSupport
import Testing

@testable import HTTPAPI

extension FrontHandlerTests {
    @Test("in 200 streams of requests of all kinds, split anywhere, answers come once each and in order")
    func mixes() async throws {
        try await Self.connected { connect in
            var numbers = SeededGenerator(seed: 11)
            var front = 0
            for _ in 0..<200 {
                let connection = try connect()
                let stream = (0..<20).map { Self.any(&numbers, $0) }
                for piece in Self.pieces(of: stream.map(\.request), &numbers) {
                    try connection.send(piece)
                    while Int.random(in: 0..<4, using: &numbers) > 0 {
                        connection.ordinary.answerNext(on: connection.channel)
                    }
                }
                for _ in stream { connection.ordinary.answerNext(on: connection.channel) }
                let answers = try connection.answers()
                #expect(
                    answers.map { $0.split { $0 == "/" || $0 == " " }.last ?? "" } == stream.indices.map { "\($0)" })
                for (answer, kind) in zip(answers, stream) where answer.hasPrefix("front") {
                    front += 1
                    #expect(kind.isWarm)
                }
            }
            #expect(front > 200)
        }
    }

    /// The same bytes, the requests whole, torn apart or some of them together.
    private static func pieces(of requests: [String], _ numbers: inout SeededGenerator) -> [String] {
        var pieces: [String] = []
        var begun = ""
        for request in requests {
            switch Int.random(in: 0..<4, using: &numbers) {
            case 0: begun += request
            case 1:
                let place = request.utf8.index(
                    request.startIndex, offsetBy: Int.random(in: 1..<request.utf8.count, using: &numbers))
                pieces.append(begun + request[..<place])
                begun = String(request[place...])
            default:
                pieces.append(begun + request)
                begun = ""
            }
        }
        return pieces + [begun]
    }

    private static func any(_ numbers: inout SeededGenerator, _ index: Int) -> (request: String, isWarm: Bool) {
        switch Int.random(in: 0..<8, using: &numbers) {
        case 0: (get("/cold/\(index)"), false)
        case 1: (get("/warm/\(index)", "TE: trailers\r\n"), false)
        case 2: (post("/warm/\(index)", get("/warm/99")), false)
        case 3: (post("/cold/\(index)", "\r\n\r\n"), false)
        default: (get("/warm/\(index)", "Accept: */*\r\n"), true)
        }
    }
}
