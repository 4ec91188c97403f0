@testable import HTTPAPI

/// What a caller gets.
enum Outcome: Hashable, Sendable {
    /// A 2xx.
    case visible
    /// A 404 with the bytes of one for what does not exist.
    case absent
    /// A 401 with the bytes of one for what does not exist.
    case unauthenticated
    /// A 403: it is there to be seen, and its owner does not allow this.
    case forbidden
    /// A 422: this cannot be done with oneself.
    case notWithOneself
}

/// One line of the authorization table: who may do what with an endpoint.
struct AuthorizationRow: Sendable {
    typealias Rule = @Sendable (Caller, Subject) -> Outcome
    typealias Body = @Sendable (AuthorizationWorld, Caller) async throws -> String?
    typealias Check = @Sendable (Answer, Caller, Subject) -> Bool

    let subjects: [Subject]
    /// For callers whom the endpoint's access lets through.
    let rule: Rule
    var body: Body = { _, _ in nil }
    /// What the request needs besides, to be one.
    var headers: [(name: String, value: String)] = []
    /// Whether a success changes what other cells rest on, so that each needs a world of its own.
    var isDestructive = false
    /// What else must hold of a success.
    var check: Check = { _, _, _ in true }

    func expected(_ caller: Caller, _ subject: Subject, _ access: Endpoint.Access) -> Outcome {
        let hasGoodToken =
            switch caller {
            case .stranger, .blocked, .follower, .friend, .pending: true
            case .owner: subject.holder == .open || subject.holder == .locked
            default: false
            }
        switch access {
        case .open: break
        case .optional: if !hasGoodToken, caller != .anonymous { return .unauthenticated }
        case .required: if !hasGoodToken { return .unauthenticated }
        }
        return rule(caller, subject)
    }
}

// The rules, of which each endpoint has one.
extension AuthorizationRow {
    static let anyone: Rule = { _, _ in .visible }
    static let nobody: Rule = { _, _ in .absent }

    /// A profile is there for all but those whom its account blocks.
    static let seesAccount: Rule = { caller, subject in
        guard subject.holder == .open || subject.holder == .locked else { return .absent }
        return caller == .blocked ? .absent : .visible
    }

    /// As the profile, but not with oneself.
    static let actsOnAccount: Rule = { caller, subject in
        caller == .owner ? .notWithOneself : seesAccount(caller, subject)
    }

    /// Keeping an account away, and taking back what one did: also where it is not to be seen but may come back.
    static let partsFromAccount: Rule = { caller, _ in
        caller == .owner ? .notWithOneself : caller == .blocked ? .absent : .visible
    }

    static let ownsAccount: Rule = { caller, _ in caller == .owner ? .visible : .absent }

    static let seesPost: Rule = { caller, subject in
        guard let (holder, kind) = subject.post, kind != .deleted, seesAccount(caller, subject) == .visible
        else { return .absent }
        switch caller {
        case .owner: return .visible
        case .follower: return kind == .everyone || kind == .followers ? .visible : .absent
        case .friend where kind == .friends: return .visible
        default: return kind == .everyone && holder == .open ? .visible : .absent
        }
    }

    /// A deleted comment keeps its place, where it was for everyone. The place is the same for all, or it would tell whose it was.
    static let seesReplies: Rule = { caller, subject in
        guard let (holder, kind) = subject.post, kind == .deleted else { return seesPost(caller, subject) }
        return holder == .locked ? .absent : .visible
    }

    /// What is not for everyone stays with its author.
    static let sharesPost: Rule = { caller, subject in
        guard seesPost(caller, subject) == .visible, caller != .owner, let (holder, kind) = subject.post
        else { return seesPost(caller, subject) }
        return holder == .open && kind == .everyone ? .visible : .forbidden
    }

    static let ownsPost: Rule = { caller, subject in
        caller == .owner ? seesPost(caller, subject) : .absent
    }

    /// The comments hang below a post of the stranger's, who removes all that others may see, or might again.
    static let removesComment: Rule = { caller, subject in
        guard caller == .stranger, let (_, kind) = subject.post else { return ownsPost(caller, subject) }
        return kind == .deleted || kind == .author ? .absent : .visible
    }

    static let wasAsked: Rule = { caller, _ in caller == .owner ? .visible : .absent }
}

// What lists may hold.
extension AuthorizationRow {
    static let listsVisiblePosts: Check = { answer, caller, subject in
        let name = "the_\(subject.holder)_one"
        let expected = PostKind.allCases.filter { seesPost(caller, .post(subject.holder, $0)) == .visible }
        return answer.json["posts"].array.compactMap { $0["content"].string }
            == expected.reversed().map { "\($0.rawValue) of \(name)" }
    }

    /// The accounts in a list that a private account shows to its followers only.
    static func lists(_ names: String...) -> Check {
        { answer, caller, subject in
            let maySee = subject.holder == .open || caller == .owner || caller == .follower
            return answer.json["users"].array.compactMap { $0["username"].string } == (maySee ? names : [])
        }
    }
}
