import Core

extension Model {
    /// What should come of an operation, by the rules. Ids are made up.
    func expectation(of operation: Operation) -> Outcome {
        switch operation {
        case .post(let author, _): isActive(author) ? Self.publishing(1) : .refused
        case .reply(let author, let id, _): mayReply(author, to: id) ? Self.publishing(1) : .refused
        case .edit(let id, let author, let visibility): mayEdit(author, id, visibility) ? .done : .refused
        case .delete(let id, let author): mayDelete(author, id) ? .done : .refused
        case .remove(let id, let author): mayRemove(author, id) ? .done : .refused
        case .setComments(let id, let author, _): maySetComments(author, id) ? .done : .refused
        case .share(let id, let sharer): expectationOfShare(sharer, id)
        case .unshare(let id, let sharer): expectationOfUnshare(sharer, id)
        case .quote(let author, let id, _): expectationOfQuote(author, id)
        case .setSharing(let id, let author, _): owns(author, id) ? .done : .refused
        case .feedback(let id, let viewer, let feedback): mayJudge(viewer, id, feedback) ? .done : .refused
        case .react(let id, let viewer, nil) where users[viewer].reactions[id] != nil:
            // Also where its author is gone, until what is left of theirs has been taken down.
            posts[id].map { !$0.isDeleted } == true ? .done : .refused
        case .react(let id, let viewer, _): posts[id].map { canSee($0, viewer) } == true ? .done : .refused
        case .bookmark(let id, let viewer, let isKept):
            !isKept && users[viewer].bookmarked.contains(id) || posts[id].map { canSee($0, viewer) } == true
                ? .done : .refused
        case .follow(let one, let other): expectationOfFollow(one, other)
        case .unfollow(let one, let other): isLasting(other) && !isApart(one, other) ? .done : .refused
        case .block(let one, let other), .unblock(let one, let other), .mute(let one, let other),
            .unmute(let one, let other):
            isLasting(other) && !users[other].blocks.contains(one) ? .done : .refused
        case .befriend(let one, let other): isActive(other) && !isApart(one, other) ? .done : .refused
        case .unfriend(let one, let other):
            users[one].friends.contains(other) || isActive(other) && !users[other].blocks.contains(one)
                ? .done : .refused
        case .accept(let one, let other), .reject(let one, let other):
            users[other].requested.contains(one) ? .done : .refused
        case .importPosts(let posts): Self.publishing(posts.count)
        case .changeList, .deleteList, .enlist, .delist: expectation(ofList: operation)
        default: .done
        }
    }

    private static func publishing(_ count: Int) -> Outcome {
        .published(Array(repeating: Outcome.Published(id: 0, position: 0), count: count))
    }

    private func mayReply(_ author: Int, to id: Int64) -> Bool {
        guard let post = posts[id] else { return false }
        return canSee(post, author) && post.depth < Limits.replyDepthMax && takesComments(on: post, from: author)
    }

    private func owns(_ author: Int, _ id: Int64) -> Bool {
        posts[id].map { $0.author == author && !$0.isDeleted } ?? false
    }

    private func expectationOfFollow(_ one: Int, _ other: Int) -> Outcome {
        guard isActive(other), !isApart(one, other) else { return .refused }
        return users[other].isPrivate && !follows(one, other) ? .requested : .following
    }

    /// Whether an operation changes much at once, so that readers of news have to reload.
    func isBulk(_ operation: Operation) -> Bool {
        switch operation {
        case .importPosts: true
        case .importFollows(let pairs): pairs.contains { !follows($0, $1) && !isApart($0, $1) }
        default: false
        }
    }

    /// Takes in what an operation came to.
    /// - Parameter moment: the operation's number.
    mutating func apply(_ operation: Operation, _ outcome: Outcome, at moment: Int) {
        guard outcome != .refused else { return }
        switch operation {
        case .register:
            users.append(User())
            written.append([])
            shared.append([])
        case .post, .reply, .edit, .delete, .remove, .setComments, .importPosts:
            applyToPosts(operation, outcome, at: moment)
        case .share, .unshare, .setSharing, .quote: applyShare(operation, outcome, at: moment)
        case .feedback(let id, let viewer, let feedback): users[viewer].feedback[id] = feedback
        case .react(let id, let viewer, let reaction): react(viewer, to: id, reaction)
        case .bookmark(let id, let viewer, true): users[viewer].bookmarked.insert(id)
        case .bookmark(let id, let viewer, false): users[viewer].bookmarked.remove(id)
        case .suspend(let user): users[user].state = .suspended
        case .reinstate(let user): users[user].state = .active
        case .deleteAccount(let user): users[user].state = .deleted
        case .drainDeletions: eraseDeleted(at: moment)
        case .makeList, .changeList, .deleteList, .enlist, .delist: applyToLists(operation)
        default: applyToGraph(operation, outcome, at: moment)
        }
    }

    private mutating func applyToPosts(_ operation: Operation, _ outcome: Outcome, at moment: Int) {
        switch (operation, outcome) {
        case (.post(let author, let visibility), .published(let new)):
            add(new[0], author, visibility, moment, Words.text(of: moment))
        case (.reply(let author, let id, let visibility), .published(let new)):
            add(new[0], author, visibility, moment, Words.text(of: moment), replyTo: posts[id])
        case (.importPosts(let imported), .published(let new)):
            for (number, (one, post)) in zip(imported, new).enumerated() {
                add(post, one.author, .everyone, moment, Words.text(of: moment, number: number))
            }
        case (.edit(let id, _, let visibility), _):
            guard var post = posts[id] else { return }
            if let visibility, visibility.opens(from: post.visibility) { post.openSince = moment }
            post.visibility = visibility ?? post.visibility
            post.version += 1
            post.text = Words.text(of: moment)
            posts[id] = post
        case (.delete(let id, _), _):
            posts[id]?.isDeleted = true
            posts[id]?.isRemoved = false
        case (.remove(let id, _), _):
            posts[id]?.isDeleted = true
            posts[id]?.isRemoved = true
        case (.setComments(let id, _, let policy), _): posts[id]?.comments = policy
        default: break
        }
    }

    mutating func add(
        _ new: Outcome.Published, _ author: Int, _ visibility: Visibility, _ moment: Int, _ text: String,
        replyTo parent: Post? = nil
    ) {
        posts[new.id] = Post(
            id: new.id, position: new.position, author: author, replyTo: parent?.id,
            replyToAuthor: parent?.author, root: parent.map { $0.root ?? $0.id },
            depth: parent.map { $0.depth + 1 } ?? 0, text: text, visibility: visibility, openSince: moment)
        written[author].append(new.id)
        var above = parent
        while let ancestor = above {
            below[ancestor.id, default: []].append(new.id)
            above = ancestor.replyTo.flatMap { posts[$0] }
        }
    }

    private mutating func applyToGraph(_ operation: Operation, _ outcome: Outcome, at moment: Int) {
        switch operation {
        case .follow(let one, let other):
            if outcome == .following { follow(one, other, moment) } else { users[one].requested.insert(other) }
        case .unfollow(let one, let other): part(one, other)
        case .block(let one, let other):
            users[one].blocks.insert(other)
            part(one, other)
            part(other, one)
            users[one].friends.remove(other)
            users[other].friends.remove(one)
        case .unblock(let one, let other): users[one].blocks.remove(other)
        case .mute(let one, let other): users[one].mutes.insert(other)
        case .unmute(let one, let other): users[one].mutes.remove(other)
        case .befriend(let one, let other):
            if users[one].friends.insert(other).inserted { befriendedSince[Pair(one: one, other: other)] = moment }
        case .unfriend(let one, let other): users[one].friends.remove(other)
        case .muteWords(let one, let phrase, let scopes): users[one].mutedWords[phrase] = scopes
        case .unmuteWords(let one, let phrase): users[one].mutedWords[phrase] = nil
        case .setPrivate(let user, let isPrivate): setPrivate(user, isPrivate, moment)
        case .accept(let user, let asker): follow(asker, user, moment)
        case .reject(let user, let asker): users[asker].requested.remove(user)
        case .importFollows(let pairs):
            for (one, other) in pairs where one != other && !isApart(one, other) { follow(one, other, moment) }
        default: break
        }
    }

    private mutating func follow(_ one: Int, _ other: Int, _ moment: Int) {
        users[one].requested.remove(other)
        guard users[one].following.insert(other).inserted else { return }
        followedSince[Pair(one: one, other: other)] = moment
    }

    private mutating func part(_ one: Int, _ other: Int) {
        users[one].requested.remove(other)
        users[one].following.remove(other)
        delist(other, of: one)
    }

    /// Who opens their account takes in everyone who asked.
    private mutating func setPrivate(_ user: Int, _ isPrivate: Bool, _ moment: Int) {
        users[user].isPrivate = isPrivate
        guard !isPrivate else { return }
        for asker in users.indices where users[asker].requested.contains(user) { follow(asker, user, moment) }
    }

    /// Takes down what deleted accounts leave behind.
    mutating func eraseDeleted(at moment: Int) {
        for gone in users.indices where users[gone].state == .deleted && !users[gone].isErased {
            users[gone].isErased = true
            for id in written[gone] { posts[id]?.isDeleted = true }
            for share in shared[gone] { unshare(share.post, by: gone) }
            for id in users[gone].reactions.keys { react(gone, to: id, nil) }
            users[gone].bookmarked = []
            users[gone].blocks = []
            users[gone].mutes = []
            users[gone].friends = []
            users[gone].mutedWords = [:]
            for other in users.indices {
                part(gone, other)
                part(other, gone)
                users[other].blocks.remove(gone)
                users[other].mutes.remove(gone)
                users[other].friends.remove(gone)
            }
        }
    }
}
