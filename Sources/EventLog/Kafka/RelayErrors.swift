/// The brokers are away, or the producer has lost its way.
struct Unconfirmed: Error {
    let silence: Duration
}

/// A newer binary wrote it, and must publish it.
struct UnknownTopic: Error {
    let number: Int64
}
