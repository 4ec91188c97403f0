/// The keys of log metadata. They are stable: dashboards and searches rest on them.
package enum LogKey {
    package static let requestID = "request_id"
    package static let userID = "user_id"
    package static let postID = "post_id"
    package static let method = "method"
    package static let route = "route"
    package static let status = "status"
    package static let durationMS = "duration_ms"
    package static let address = "address"
    package static let rule = "rule"
    package static let group = "group"
    package static let offset = "offset"
    package static let count = "count"
    package static let attempt = "attempt"
    package static let migration = "migration"
    package static let path = "path"
    package static let error = "error"
}
