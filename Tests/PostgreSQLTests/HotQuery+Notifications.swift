import Core
import SQL

@testable import Notifications

extension HotQuery {
    private static let told = PlanStore.author(10)
    private static let fact = NotificationFact(
        .reaction, to: told.rawValue, about: PlanStore.post(7, of: 10).rawValue, by: PlanStore.author(11).rawValue)
    private static let place = "account_id = \(told)"

    private static func book(_ store: any SQLWriter, _ body: (inout NotificationBook) throws -> Void) throws {
        var book = NotificationBook(store: store, now: 0)
        try body(&book)
        try book.close()
    }

    static let notifications = [
        HotQuery("notifications", rows: ["notification_groups": place]) {
            _ = try NotificationRows.groups(of: told, kind: nil, before: .max, after: 0, limit: 20, $0)
        },
        HotQuery(
            "telling a fact", rows: ["notification_groups": place, "notifications": place], isWrite: true
        ) { store in
            try book(store) { try $0.add([fact], to: fact.group) { _ in 1 } }
        },
        HotQuery(
            "taking a fact back", rows: ["notification_groups": place, "notifications": place], isWrite: true
        ) { store in
            try book(store) { try $0.takeBack(fact) }
        },
        HotQuery("forgetting a post", rows: [:], isWrite: true) { store in
            try book(store) { try $0.carryOut(.post(fact.group.subject, author: told.rawValue)) }
        },
        HotQuery("parting two", rows: [:], isWrite: true) { store in
            try book(store) { try $0.carryOut(.between(recipient: told.rawValue, actor: fact.actor)) }
        },
    ]
}
