import Core
import Posts
import SQL

// What is asked of the store and done to it, a slice at a time.
extension CounterReconciliation {
    static func slice(from place: Place, _ dialect: Dialect, _ store: any SQLReader) throws -> CountedSlice {
        switch place {
        case .accounts(let above): CountedSlice(try AccountDrift.slice(above: above, store))
        case .posts(let above, let last):
            CountedSlice(try PostDrift.slice(above: above, through: last, PostLayout(dialect), store))
        }
    }

    static func wrong(
        in slice: CountedSlice, from place: Place, _ dialect: Dialect, _ store: any SQLReader
    ) throws -> [Int64] {
        switch place {
        case .accounts: try AccountDrift.missing(of: slice.ids, store).map(\.account)
        case .posts: try PostDrift.found(among: slice.ids, PostLayout(dialect), store).map(\.post.rawValue)
        }
    }

    struct Mended: Sendable {
        let count: Int
        let ids: [Int64]
        let isInDoubt: Bool
    }

    static func mend(
        _ wrong: [Int64], from place: Place, _ dialect: Dialect, _ store: any SQLWriter
    ) throws -> Mended {
        let layout = PostLayout(dialect)
        guard let doubt = try CountersInDoubt(layout: layout, store) else {
            return Mended(count: 0, ids: [], isInDoubt: true)
        }
        let certain = doubt.certain(of: wrong)
        let isPart = certain.count < wrong.count
        // Nothing is counted here, where writers wait, that is left out afterwards.
        guard !certain.isEmpty else { return Mended(count: 0, ids: [], isInDoubt: isPart) }
        switch place {
        case .accounts:
            let found = try AccountDrift.missing(of: certain, store)
            let count = try found.isEmpty ? 0 : AccountDrift.repair(found, store)
            return Mended(count: count, ids: found.map(\.account), isInDoubt: isPart)
        case .posts:
            let found = try PostDrift.found(among: certain, layout, store)
            let sure = found.filter { !($0.isCountedWrong && doubt.contains($0.author)) }
            if !sure.isEmpty { try PostDrift.repair(sure, dialect, store) }
            return Mended(
                count: sure.reduce(0) { $0 + $1.count }, ids: sure.map(\.post.rawValue),
                isInDoubt: isPart || sure.count < found.count)
        }
    }
}
