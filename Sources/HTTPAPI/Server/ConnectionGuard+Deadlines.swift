import NIOCore

extension ConnectionGuard {
    /// How long a client may take.
    package struct Deadlines: Sendable {
        package var head: TimeAmount
        package var body: TimeAmount
        /// From an answer's first byte to its last being taken by the client's side.
        package var answer: TimeAmount
        package var idle: TimeAmount
        /// How long is listened, after the last answer, to a client that may not have finished.
        package var linger = TimeAmount.seconds(1)

        package init(
            head: TimeAmount = .seconds(10), body: TimeAmount = .seconds(30), answer: TimeAmount = .seconds(30),
            idle: TimeAmount = .seconds(60)
        ) {
            self.head = head
            self.body = body
            self.answer = answer
            self.idle = idle
        }
    }
}
