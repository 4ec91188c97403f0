import Accounts
import Core
import SQL
import Synchronization

// Deliveries, from fan-out only, in the order of the event log.
extension HomeTimelines {
    struct Deliveries {
        var order = DeliveryOrder()
        var run: DeliveryRun
    }

    /// Adds one activity to each owner's timeline that is in memory.
    /// - Returns: how many timelines took it.
    package func deliver(_ position: Position, to owners: ArraySlice<Int64>) -> Int {
        let inactiveBefore = clock.now() - Limits.homeTimelineInactivityMax.components.seconds * 1000
        let delivery = Delivery(position: position.rawValue, inactiveBefore: inactiveBefore)
        return deliveries.withLock { state in
            var delivered = 0
            var rest = owners
            while !rest.isEmpty {
                let batch = rest.prefix(DeliveryOrder.ownersMax)
                rest = rest.dropFirst(DeliveryOrder.ownersMax)
                state.order.sort(batch)
                for start in stride(from: 0, to: batch.count, by: DeliveryRun.ownersMax) {
                    let end = min(start + DeliveryRun.ownersMax, batch.count)
                    delivered += state.run.deliver(delivery, to: state.order.sorted[start..<end], in: parts)
                }
            }
            return delivered
        }
    }

    /// Merges a new followee's posts, complete from `completeFrom` on.
    package func backfill(_ positions: [Position], completeFrom: Position, to owner: ID<Account>) {
        part(of: owner).shard.withLock { shard in
            if let slot = shard.warm.find(owner.rawValue) {
                shard.change(slot) { $0.merge(positions, completeFrom: completeFrom) }
            } else if completeFrom == .lowest {
                shard.builds[owner.rawValue]?.note(positions)
            } else {
                // The snapshot may lack this author altogether, and deliveries alone would leave a gap.
                shard.builds[owner.rawValue]?.makeStale()
            }
        }
    }

    /// Takes activities out, those of an unfollowed author or of posts that are gone for good.
    package func remove(_ positions: Set<Int64>, from owner: ID<Account>) {
        part(of: owner).shard.withLock { shard in
            guard let slot = shard.warm.find(owner.rawValue) else { return }
            shard.change(slot) { $0.remove(positions) }
        }
    }

    /// Forgets one timeline; it is rebuilt when it is next read.
    package func drop(_ owner: ID<Account>) {
        part(of: owner).shard.withLock { shard in
            shard.warm.remove(owner.rawValue)
            shard.builds[owner.rawValue]?.makeStale()
        }
    }

    /// Forgets every timeline.
    package func dropAll() {
        for part in parts {
            part.shard.withLock { shard in
                shard.warm.removeAll()
                for owner in shard.builds.keys { shard.builds[owner]?.makeStale() }
            }
        }
    }
}

extension HomeTimelines: CommitObserver {
    package func committed(_ changes: [Change]) {
        for case .accountErased(let id) in changes { drop(ID(id)) }
    }
}
