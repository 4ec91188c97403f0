import Timelines

/// A build of a timeline that goes one step when it is told to: first it takes its snapshot, then it hands it over.
actor SteppedBuild {
    enum Signal: Sendable { case entered, tookSnapshot, ended }

    private let snapshot: @Sendable () -> Timeline
    private var permission: CheckedContinuation<Void, Never>?
    private var listener: CheckedContinuation<Signal, Never>?
    private var pending: [Signal] = []
    private var hasEnded = false
    /// How often the build was begun.
    private(set) var beginnings = 0

    init(snapshot: @escaping @Sendable () -> Timeline) {
        self.snapshot = snapshot
    }

    /// What the timelines call to build.
    func build() async -> Timeline {
        beginnings += 1
        await stop(.entered)
        let timeline = snapshot()
        await stop(.tookSnapshot)
        return timeline
    }

    /// To be called once the timelines have got what they asked for.
    func end() {
        hasEnded = true
        tell(.ended)
    }

    /// Lets the build do its next step.
    /// - Returns: where it stands then.
    func step() async -> Signal {
        permission?.resume()
        permission = nil
        return await next()
    }

    /// Where the build stands next.
    func next() async -> Signal {
        if !pending.isEmpty { return pending.removeFirst() }
        if hasEnded { return .ended }
        return await withCheckedContinuation { listener = $0 }
    }

    private func stop(_ signal: Signal) async {
        await withCheckedContinuation { continuation in
            permission = continuation
            tell(signal)
        }
    }

    private func tell(_ signal: Signal) {
        guard let listener else { return pending.append(signal) }
        self.listener = nil
        listener.resume(returning: signal)
    }
}
