import SQL

/// An error that is no fault of the event, and passes: an engine that is down, or has too much to do.
package protocol PassingError: Error {
    var isPassing: Bool { get }
}

extension SQLError: PassingError {
    /// Whether waiting may help.
    package var isPassing: Bool { code == .overloaded || code == .unavailable }
}

extension Error {
    var isPassing: Bool { (self as? any PassingError)?.isPassing ?? false }
}
