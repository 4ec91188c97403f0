/// What to import, in the order it is done: follows, activities, posts.
struct ImportPlan: Sendable {
    /// Files of `A B` lines: A follows B.
    var follows: [String] = []
    /// Whether each line of `follows` also says that B follows A.
    var isUndirected = false
    /// Files of `A B time RT|MT|RE` lines: what A did to B, and when.
    var activities: [String] = []
    /// Files of texts, JSON lines or CSV by their extension.
    var posts: [String] = []
    /// Decides what the files leave open: texts of activities, authors and times of texts that have none.
    var seed: UInt64 = 1

    var isEmpty: Bool { (follows + activities + posts).isEmpty }
}
