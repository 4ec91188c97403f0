import DequeModule
import NIOCore

/// Deadlines, and the end of the connection.
extension RedisSession {
    /// One timer serves all batches: it is set for the earliest deadline, and set again when it fires.
    func setWatch(_ deadline: NIODeadline, _ context: ChannelHandlerContext) {
        if let watch, watch.due <= deadline { return }
        watch?.task.cancel()
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.expire() }
        watch = (deadline, task)
    }

    private func expire() {
        watch = nil
        guard let context, ending == nil else { return }
        let now = NIODeadline.now()
        if let front = inFlight.first, stallEnd(front) <= now {
            return end(RedisError(.connectionLost, "no answer for \(settings.stallMax)"))
        }
        var next: NIODeadline?
        for index in inFlight.indices {
            guard let completion = inFlight[index].completion else { continue }
            let deadline = inFlight[index].deadline
            if deadline > now {
                next = min(next ?? deadline, deadline)
            } else {
                inFlight[index].completion = nil
                breaker.failed(because: "no answer in time")
                completion(.failure(RedisError(.deadlineExceeded, "no answer in time")))
            }
        }
        if let front = inFlight.first {
            setWatch(min(next ?? stallEnd(front), stallEnd(front)), context)
        }
    }

    private func stallEnd(_ batch: InFlight) -> NIODeadline {
        max(batch.deadline, batch.sent + TimeAmount(settings.stallMax))
    }

    func end(_ error: RedisError) {
        guard ending == nil else { return }
        ending = error
        watch?.task.cancel()
        watch = nil
        context?.close(promise: nil)
        let unanswered = inFlight
        inFlight = []
        for batch in unanswered {
            gauge.remove(bytes: batch.byteCount, commands: batch.replyCount)
            guard let completion = batch.completion else { continue }
            breaker.failed(because: error.detail)
            completion(.failure(error))
        }
        let onEnd = onEnd
        self.onEnd = nil
        onEnd?(error)
    }
}
