import Accounts
import Core
import Telemetry

/// Accounts as JSON.
enum UserPayload {
    /// - Parameter email: for the account's owner; the outer nil leaves the field out.
    static func write(_ card: AccountCard, email: String?? = nil, to json: inout JSONWriter) {
        var profile = JSONWriter(capacity: 512)
        card.writeProfile(to: &profile, createdAt: Timestamp.string(card.account.createdAt))
        guard let email else { return json.raw(profile.bytes) }
        json.raw(Array(profile.bytes.dropLast()))
        json.raw(",\"email\":")
        json.string(email)
        json.raw("}")
    }

    static func encoded(_ card: AccountCard) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        write(card, to: &json)
        return json.bytes
    }

    /// `{"users": […], "next_cursor": …}`
    static func list(_ cards: [AccountCard], next: Cursor?) -> APIResponse {
        .json { json in
            json.raw("{\"users\":[")
            for (index, card) in cards.enumerated() {
                if index > 0 { json.raw(",") }
                write(card, to: &json)
            }
            json.raw("],\"next_cursor\":")
            json.string(next?.description)
            json.raw("}")
        }
    }
}
