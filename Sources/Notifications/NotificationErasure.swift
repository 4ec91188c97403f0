import Accounts

extension NotificationSchema {
    /// What an account was told. What others were told of it goes with the event of its deletion.
    package static let erasure: [ErasureStep] = [
        .rows("notifications", key: "notification_id"), .rows("notification_groups", key: "newest_id"),
    ]
}
