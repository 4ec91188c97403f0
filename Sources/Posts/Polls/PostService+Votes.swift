import Accounts
import Core
import EventLog
import SQL

extension PostService {
    /// The store has a vote, or takes none, where memory said otherwise.
    private struct StaleVote: Error {}

    /// Votes in the poll of a post, once for all: the same again changes nothing.
    /// - Returns: the post, with the viewer's choices.
    /// - Throws: `PostsError.notFound` where the viewer may not see the post or it has no poll, `.invalid` for choices that
    ///   it does not have, `.alreadyVoted` for other choices than before, `.pollClosed`.
    package func vote(_ choices: PollChoices, in id: ID<Post>, viewer: ID<Account>) async throws -> Shown {
        // Memory may be behind another process; the second look is at what the store says.
        for attempt in 1...2 {
            var shown = try await post(id, viewer: viewer)
            guard let poll = shown.card.poll else { throw PostsError.notFound }
            try poll.check(choices)
            let given = shown.flags.choices
            guard given.isEmpty else {
                guard given == choices else { throw PostsError.alreadyVoted }
                return shown
            }
            guard attempt == 1, !poll.isClosed, poll.closesAt > clock.now() else { break }
            do {
                try await commit(choices, in: shown.card.post, by: viewer)
                shown.flags = shown.flags.replacing(ViewerFlags.Field.vote.mask, with: choices.flags)
                return shown
            } catch is StaleVote { marks.forget(viewer) }
        }
        throw PostsError.pollClosed
    }

    private func commit(_ choices: PollChoices, in post: Post, by voter: ID<Account>) async throws {
        let now = clock.now()
        let event = Event(
            .voted, key: voter.rawValue, subject: post.id.rawValue, object: post.author.rawValue,
            position: post.position.rawValue, flags: choices.rawValue, occurredAt: now)
        let statements =
            [PollRows.vote(choices, in: post.id, by: voter, now: now, otherwise: StaleVote())]
            + MarkQueries.set(.vote, to: choices.flags, of: post.id, by: voter) + [Outbox.append(event)]
        _ = try await database.commit(
            statements,
            announcing: [
                .marked(
                    account: voter.rawValue, post: post.id.rawValue, mask: ViewerFlags.Field.vote.mask,
                    value: choices.flags), .eventsAppended,
            ])
    }
}
