/// A run that could not start or go on, with a sentence for the person at the terminal.
package struct BenchError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
