import Accounts
import Core
import Telemetry

/// An account on its way out, or gone, with its receipt.
struct AdminDeletion: Codable, Sendable {
    struct Line: Codable, Sendable {
        var store: String
        var count: Int64
        /// What the count says, where the store is no table.
        var note: String?
        /// When what is left is gone.
        var goneBy: String?
    }

    var userID: String
    var askedAt: String
    var dueAt: String
    /// Nil while it waits.
    var finishedAt: String?
    /// Tables first, then other stores, each by name.
    var receipt: [Line]
}

extension AdminDeletion {
    init(_ deletion: Deletion) {
        userID = deletion.account.description
        askedAt = Timestamp.string(deletion.askedAt)
        dueAt = Timestamp.string(deletion.dueAt)
        finishedAt = deletion.finishedAt.map { Timestamp.string($0) }
        let lines = deletion.receipt.sorted { $0.key < $1.key }.map { store, count in
            Line(
                store: store, count: count, note: ErasedStores.notes[store],
                goneBy: deletion.goneBy[store].map { Timestamp.string($0) })
        }
        receipt = lines.filter { $0.note == nil } + lines.filter { $0.note != nil }
    }

    /// As the command line prints it.
    var text: String {
        let end = finishedAt.map { "erased \($0)" } ?? "to be erased \(dueAt)"
        return (["\(userID): asked \(askedAt), \(end)"] + receipt.map { "  \($0.text)" }).joined(separator: "\n")
    }
}

extension AdminDeletion.Line {
    fileprivate var text: String {
        let remarks = [note, goneBy.map { "all gone by \($0)" }].compactMap(\.self)
        return "\(store): \(count)" + (remarks.isEmpty ? "" : " (\(remarks.joined(separator: "; ")))")
    }
}
