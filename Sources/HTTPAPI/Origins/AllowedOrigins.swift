import Core
import HTTPTypes

/// Whose pages may use this server, besides its own: read its answers, and open streams.
///
/// Browsers say in `Origin` which page asks. They let any page send requests and open a WebSocket, and keep answers from it that do
/// not name its origin. Programs that are no browsers do not send it.
package struct AllowedOrigins: Sendable {
    /// What is no origin.
    package struct Malformed: Error {
        package let text: String
    }

    /// An origin as answers name it.
    struct Allowed: Sendable {
        let text: String
        /// The same as header lines, for the front desk.
        let lines: [UInt8]

        fileprivate init(_ text: String) {
            self.text = text
            let headers = AllowedOrigins.exposedHeaders
            lines = Array(
                "Access-Control-Allow-Origin: \(text)\r\nAccess-Control-Expose-Headers: \(headers)\r\n".utf8)
        }
    }

    private let known: [Allowed]
    private let every: Allowed?

    /// - Parameter texts: origins such as `https://app.example.com`, or `*` for every one. The server's own needs no mention.
    package init(_ texts: [String]) throws(Malformed) {
        var known: [Allowed] = []
        for text in texts where text != "*" {
            guard let origin = Self.origin(text) else { throw Malformed(text: text) }
            known.append(Allowed(origin))
        }
        self.known = known
        every = texts.contains("*") ? Allowed("*") : nil
    }

    /// The server's own pages alone.
    package static let own = AllowedOrigins()

    private init() {
        known = []
        every = nil
    }

    /// Whether there is none, so that nothing is said of origins.
    var isEmpty: Bool { known.isEmpty && every == nil }

    /// What to answer a page of this origin; nil where its browser is to keep answers from it. Compared byte by byte, as browsers
    /// write origins: what is answered are the operator's bytes, never the client's.
    func allowed(_ origin: String) -> Allowed? {
        every ?? known.first { $0.text == origin }
    }

    /// The same for bytes.
    func allowed(_ origin: UnsafeRawBufferPointer) -> Allowed? {
        every ?? known.first { $0.text.utf8.count == origin.count && $0.text.utf8.elementsEqual(origin) }
    }

    /// Whether a page, or who is none, may open streams.
    func admits(_ request: APIRequest) -> Bool {
        guard let origin = request.headers[.origin]?.lowercased(), allowed(origin) == nil else { return true }
        for scheme in ["https://", "http://"] where origin.hasPrefix(scheme) {
            return String(origin.dropFirst(scheme.count)) == request.authority?.lowercased()
        }
        return false
    }
}

extension AllowedOrigins {
    /// An origin as browsers write it: in lower case, and without the port that its scheme has anyway.
    private static func origin(_ text: String) -> String? {
        guard text.utf8.count <= Limits.originBytesMax, text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        var origin = text.lowercased()
        let parts = origin.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let first = parts[0].utf8.first, isLetter(first), parts[0].utf8.allSatisfy(isOfScheme),
            let last = parts[1].utf8.last, last != UInt8(ascii: ":"), parts[1].utf8.allSatisfy(isOfHost)
        else { return nil }
        for (scheme, port) in [("http://", ":80"), ("https://", ":443")]
        where origin.hasPrefix(scheme) && origin.hasSuffix(port) {
            origin.removeLast(port.count)
        }
        return origin
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isOfScheme(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || "+-.".utf8.contains(byte)
    }

    /// With its port, and an address of IPv6 in brackets.
    private static func isOfHost(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || "-._:[]".utf8.contains(byte)
    }
}
