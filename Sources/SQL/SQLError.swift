/// What a driver reports. It never reaches a client: services turn it into their own errors, the rest becomes a 503.
package struct SQLError: Error, CustomStringConvertible {
    package enum Code: Sendable {
        case uniqueViolation
        case foreignKeyViolation
        case constraintViolation
        /// The commit queue is full, or the engine stayed busy past its timeout.
        case overloaded
        /// The store is closed, read-only, full or broken.
        case unavailable
        case other
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code): \(message)" }
}
