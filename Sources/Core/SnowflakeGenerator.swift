import Synchronization

/// Issues ids that never repeat: not within a millisecond, not over a restart, not when the clock steps back.
///
/// Ids are issued only inside a leased span of time. The lease is kept durably by whoever calls `extendLease`; a new
/// process starts above the last lease, so it cannot meet an id of the one before it.
package final class SnowflakeGenerator: Sendable {
    package enum Failure: Error, Hashable {
        /// The lease ended: extend it, then ask again.
        case leaseLapsed
    }

    private struct State {
        var milliseconds: Int64
        var leasedUntil: Int64
        var sequences: [UInt8]

        mutating func advance(to moment: Int64) {
            guard moment > milliseconds else { return }
            milliseconds = moment
            sequences.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        }
    }

    private let node: Int
    private let clock: WallClock
    private let state: Mutex<State>

    /// - Parameters:
    ///   - node: this process's leased number, 0..<64.
    ///   - notBefore: milliseconds since 1970; no id is stamped earlier. The end of the last lease.
    package init(node: Int, clock: WallClock, notBefore: Int64) {
        self.node = node
        self.clock = clock
        state = Mutex(
            State(
                milliseconds: notBefore, leasedUntil: notBefore,
                sequences: [UInt8](repeating: 0, count: Snowflake.bucketCount)))
    }

    /// The newest moment an id may carry, exclusive, in milliseconds since 1970.
    package func extendLease(until milliseconds: Int64) {
        state.withLock { $0.leasedUntil = max($0.leasedUntil, milliseconds) }
    }

    /// Issues no more ids until the lease is extended anew.
    /// - Returns: a moment above every id issued, in milliseconds since 1970.
    package func endLease() -> Int64 {
        let now = clock.now()
        return state.withLock { state in
            state.advance(to: now + 1)
            if state.sequences.contains(where: { $0 > 0 }) { state.advance(to: state.milliseconds + 1) }
            state.leasedUntil = state.milliseconds
            return state.milliseconds
        }
    }

    /// The moment from which the next id would be issued, in milliseconds since 1970.
    package var frontier: Int64 {
        state.withLock { max($0.milliseconds, clock.now()) }
    }

    /// An id in `bucket`, greater than every earlier one of this bucket.
    /// - Throws: `Failure.leaseLapsed` where the lease does not reach this moment.
    package func next(bucket: Int) throws(Failure) -> Int64 {
        let now = clock.now()
        let id: Int64? = state.withLock { state in
            state.advance(to: now)
            let slot = bucket & (Snowflake.bucketCount - 1)
            if state.sequences[slot] == Snowflake.sequenceCount { state.advance(to: state.milliseconds + 1) }
            guard state.milliseconds < state.leasedUntil else { return nil }
            let sequence = Int(state.sequences[slot])
            state.sequences[slot] += 1
            return Snowflake(
                unixMilliseconds: state.milliseconds, bucket: slot, node: node, sequence: sequence
            ).rawValue
        }
        guard let id else { throw .leaseLapsed }
        return id
    }
}
