import Accounts
import Core
import Engagement
import Exports
import Notifications
import Posts
import SQL
import SocialGraph
import Streaming
import Timelines

/// What the endpoints work with.
package struct APIServices: Sendable {
    package let accounts: AccountService
    package let sessions: SessionService
    package let authenticator: Authenticator
    package let activity: ActivityRecorder
    package let directory: AccountDirectory
    package let relations: RelationsCache
    package let graph: GraphService
    package let posts: PostService
    package let reactions: ReactionService
    package let bookmarks: BookmarkService
    package let feedback: FeedbackService
    package let feed: FeedReader
    package let markers: MarkerService
    package let notifications: NotificationService
    package let streams: StreamHub
    package let database: any Database
    /// Nil where this process reaches no archives.
    package var exports: ExportService?
    /// Whose pages may read answers and open streams.
    package var allowedOrigins = AllowedOrigins.own

    package init(
        accounts: AccountService, sessions: SessionService, authenticator: Authenticator,
        activity: ActivityRecorder, directory: AccountDirectory, relations: RelationsCache, graph: GraphService,
        posts: PostService, reactions: ReactionService, bookmarks: BookmarkService, feedback: FeedbackService,
        feed: FeedReader, markers: MarkerService, notifications: NotificationService, streams: StreamHub,
        database: any Database
    ) {
        self.accounts = accounts
        self.sessions = sessions
        self.authenticator = authenticator
        self.activity = activity
        self.directory = directory
        self.relations = relations
        self.graph = graph
        self.posts = posts
        self.reactions = reactions
        self.bookmarks = bookmarks
        self.feedback = feedback
        self.feed = feed
        self.markers = markers
        self.notifications = notifications
        self.streams = streams
        self.database = database
    }
}
