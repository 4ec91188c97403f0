/// Why a community was not moved, or not further, in one sentence that says what to do.
struct MoveError: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
