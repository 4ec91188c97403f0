/// Why no stream is opened.
package enum StreamRefusal: Error, Sendable {
    /// The account has as many as it may.
    case accountFull
    /// The server has as many as it may, or is stopping.
    case full
}
