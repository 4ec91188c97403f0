import HTTPClient

extension Writer {
    /// Changes what is between this person and another.
    mutating func relate() async {
        let other = town.people[
            (me.number + Int.random(in: 1..<town.people.count, using: &numbers)) % town.people.count]
        let pair = Ledger.Pair(one: me.number, other: other.number)
        guard town.take(pair) else { return }
        defer { town.give(pair) }
        let ledger = town.acknowledged
        let choice = Int.random(in: 0..<100, using: &numbers)
        if ledger.blocks.contains(pair) {
            await change("DELETE", "block", pair) { $0.blocks.remove(pair) }
        } else if ledger.blocks.contains(pair.reversed) {
            return
        } else if choice < 15 {
            await change("POST", "block", pair) { $0.block(pair) }
            await watchdog.expectNothing(of: other, for: me)
            await watchdog.expectNothing(of: me, for: other)
        } else if choice < 25 {
            let isMuted = ledger.mutes.contains(pair)
            await change(isMuted ? "DELETE" : "POST", "mute", pair) {
                if isMuted { $0.mutes.remove(pair) } else { $0.mutes.insert(pair) }
            }
            if !isMuted { await watchdog.expectNothing(of: other, for: me) }
        } else if !ledger.follows.contains(pair) {
            await change("POST", "follow", pair) { $0.follows.insert(pair) }
        } else if choice < 60 {
            await change("DELETE", "follow", pair) { $0.follows.remove(pair) }
            await watchdog.expectNothing(of: other, for: me)
        }
    }

    private mutating func change(
        _ method: String, _ what: String, _ pair: Ledger.Pair, _ note: (inout Ledger) -> Void
    ) async {
        let request = HTTPClientRequest(method, "/v1/users/\(town.people[pair.other].id)/\(what)", as: me.token)
        let reply = await insist(request, "\(method) \(what) \(pair.other)", expecting: [200])
        town.note { ledger in
            if reply?.wasLost ?? true {
                ledger.uncertain.insert(pair)
                ledger.uncertain.insert(pair.reversed)
            }
            if reply != nil { note(&ledger) }
        }
        town.findings.count(method == "POST" ? what : "un" + what)
    }
}
