import SocialGraph

/// What goes for lists: who is on them, and what their feeds and the home feed are made of.
extension Model {
    struct NamedList {
        var isExclusive: Bool
        var replies: ListedReplies
        var members: Set<Int> = []
        var isDeleted = false
    }

    /// Whose posts and shares make up a feed.
    struct Circle {
        let accounts: Set<Int>
        /// Nil for the home feed.
        var replies: ListedReplies?

        var isHome: Bool { replies == nil }
    }

    func homeCircle(of viewer: Int) -> Circle {
        let kept = users[viewer].lists.filter { $0.isExclusive && !$0.isDeleted }.flatMap(\.members)
        return Circle(accounts: users[viewer].following.subtracting(kept))
    }

    func circle(ofList number: Int, of viewer: Int) -> Circle {
        let list = users[viewer].lists[number]
        return Circle(accounts: list.members, replies: list.replies)
    }

    func liveLists(of user: Int) -> [Int] {
        users[user].lists.indices.filter { !users[user].lists[$0].isDeleted }
    }

    /// Those of a member to the member and to the list's owner are always shown.
    func shows(_ circle: Circle, replyTo other: Int, by author: Int, to viewer: Int) -> Bool {
        if other == author || other == viewer { return true }
        return switch circle.replies {
        case nil, .followed: follows(viewer, other)
        case .members: circle.accounts.contains(other)
        case .some(.none): false
        }
    }

    func expectation(ofList operation: Operation) -> Outcome {
        switch operation {
        case .changeList(let user, let list, _, _), .deleteList(let user, let list):
            users[user].lists[list].isDeleted ? .refused : .done
        case .enlist(let user, _, let member): users[user].following.contains(member) ? .done : .refused
        case .delist(let user, let list, let member):
            users[user].lists[list].members.contains(member) ? .done : .refused
        default: .done
        }
    }

    /// Whose old posts may be back in their home feed after this operation.
    func whoOpensList(_ operation: Operation) -> Int? {
        switch operation {
        case .changeList(let user, let list, let isExclusive, _):
            users[user].lists[list].isExclusive && !isExclusive ? user : nil
        case .deleteList(let user, let list): users[user].lists[list].isExclusive ? user : nil
        case .delist(let user, let list, let member):
            users[user].lists[list].isExclusive && users[user].lists[list].members.contains(member) ? user : nil
        default: nil
        }
    }

    mutating func applyToLists(_ operation: Operation) {
        switch operation {
        case .makeList(let user, let isExclusive, let replies):
            users[user].lists.append(NamedList(isExclusive: isExclusive, replies: replies))
        case .changeList(let user, let list, let isExclusive, let replies):
            users[user].lists[list].isExclusive = isExclusive
            users[user].lists[list].replies = replies
        case .deleteList(let user, let list): users[user].lists[list].isDeleted = true
        case .enlist(let user, let list, let member): users[user].lists[list].members.insert(member)
        case .delist(let user, let list, let member): users[user].lists[list].members.remove(member)
        default: break
        }
    }

    /// Whom one does not follow any more is on no list.
    mutating func delist(_ member: Int, of owner: Int) {
        for list in users[owner].lists.indices { users[owner].lists[list].members.remove(member) }
    }
}
