/// Why an import ended before its end, in one sentence.
struct ImportError: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
