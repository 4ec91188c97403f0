import Core
import Engagement
import Notifications
import Posts
import SocialGraph

/// What a summary leaves open, by operation.
enum OpenAPIDescriptions {
    /// - Parameter id: of an operation, or of its alias.
    static func text(of id: String) -> String? {
        if let text = texts[id] { return text }
        guard id.hasSuffix("Alias") else { return nil }
        return "The same as `\(id.dropLast("Alias".count))`."
    }

    private static let texts = accounts.merging(posts) { $1 }.merging(comments) { $1 }.merging(graph) { $1 }.merging(
        engagement
    ) { $1 }
    .merging(live) { $1 }.merging(notifications) { $1 }.merging(tags) { $1 }.merging(lists) { $1 }.merging(operations) {
        $1
    }
    .merging(exports) { $1 }

    private static let engagement = [
        "react":
            "The same again changes nothing. Answers with the post as you see it; its counters follow within a second "
            + "or two.",
        "unreact":
            "Without a reaction of yours it changes nothing. Yours can be taken back also from a post that you may not see any more.",
        "listReactions":
            "Accounts that are gone, or kept apart from you by a block, are left out. `counts` has every kind.",
        "bookmark":
            "Nobody else sees what you keep. A folder is there as soon as something is in it. Its name holds no characters "
            + "that cannot be seen or that change the direction of text.",
        "unbookmark": "Also for a post that you kept and may not see any more.",
        "listBookmarks": "Posts that you may not see any more are left out. `folder` lists one folder.",
        "listBookmarkFolders": "By name. Posts that were deleted since are not counted.",
        "giveFeedback":
            "`hide` takes the post out of your home feed, and out of those of lists and hashtags, at once and for good, also where "
            + "somebody shares it, and of quotes there; profiles, threads and the post itself still show it, and your own posts can be hidden, too. `more` and `less` are for what is "
            + "suggested to you. It replaces what you said before; nobody else sees it. Of the newest \(Limits.feedbackRowsMax) "
            + "posts that you said something of, it is kept.",
        "takeFeedbackBack": "Also for a post that you may not see any more. Where you said nothing it changes nothing.",
        "share":
            "Your followers find it in their feeds, once, however many share it: where the post stands by itself for those who "
            + "follow its author, else where the first of those they follow shared it. 201 for a new repost, 200 where it "
            + "was there. Where the author does not let you, 403 `sharing-closed`.",
        "unshare": "Also for a post that you may not see any more. Without a repost of yours it changes nothing.",
        "notePostsSeen":
            "For their authors' statistics. Sending the same again changes nothing; seeing a post again counts once in half an hour. "
            + "Posts that are not there for you, and your own, are passed over.",
        "getPostStats": "Counts follow within a second or two. Only your own.",
        "vote":
            "Once for all: the same again changes nothing, other choices answer 409 `already-voted`. After `expires_at`, 409 "
            + "`poll-closed`; a post without a poll, 404. Its counters follow within a second or two.",
        "listQuotes":
            "Those that you may see and whose authors you do not mute; a page may be short though more follow.",
        "listShares":
            "Accounts that are gone, kept apart from you by a block, or private and not followed by you, are left "
            + "out.",
    ]

    private static let accounts = [
        "register": "A username is never given twice, also not after its account was deleted.",
        "login":
            "An unknown name and a wrong password answer alike. Within the grace period of a deletion it takes that back, "
            + "and says so with `deletion_cancelled`.",
        "refresh":
            "Answers with a new refresh token as well, to be used from then on. The one sent is answered again for 10 seconds, "
            + "each time with tokens of their own, so that tabs which share it may refresh at once. Sending it later ends the "
            + "session, since somebody else may hold it. Of an account that is being deleted: 403 `account-leaving`.",
        "logout":
            "Ends the session this access token belongs to, with its refresh token, at once. Other sessions stay.",
        "getMe": "As others see it, and with your e-mail address.",
        "updateMe": "What is left out stays. A new password or e-mail address needs `current_password` and "
            + "ends your other sessions.",
        "listSessions": "`last_used_at` is when its tokens were last renewed.",
        "endSession": "Also this one. Its tokens and streams end at once. 404 where it has ended already.",
        "endOtherSessions":
            "Their tokens and streams end at once. Yours ends too where several refreshed it at the same moment: any of them may be somebody else.",
        "changePassword":
            "Your other sessions end at once, as with `DELETE /v1/me/sessions`. All streams end, also those of this session, whose tokens stay good. 403 where the current password is wrong, "
            + "or the account has none.",
        "changeEmail": "As `PUT /v1/me/password`.",
        "deleteMe":
            "At once nobody sees your account and posts any more, and every session ends. Logging in before `erased_at` takes it "
            + "back; from then on everything of it is erased, which cannot be undone. Your username is never given to anyone "
            + "else. What went of each store, and what remains until when, is on a receipt that the operator can show you.",
        "updateUser": "As `PATCH /v1/me`. Any id but your own answers 404.",
        "getUser": "Profiles of private accounts are shown, too; their posts, followers and followees are not. An "
            + "account that blocks you answers 404.",
        "getUserByUsername": "As `GET /v1/users/{id}`.",
    ]

    private static let posts = [
        "createPost":
            "On disk when it answers, and in your own feed from then on. Send an `Idempotency-Key` to be able "
            + "to try again after a broken connection; 404 then means that the post has been deleted since.",
        "getPost": "404 also where it exists and is not for you.",
        "editPost":
            "Only your own. Its place in feeds stays. A comment is changed as with `editComment`. After "
            + "\(Limits.postRevisionsMax - 1) changes its text stays, 422 `limit-reached`; it can still be made private, or for "
            + "fewer than everyone, without a further version.",
        "deletePost": "Only your own. Its text and history are erased.",
        "getPostHistory": "The current version first. A version is shown to those who could see it when it was "
            + "current.",
        "createDraft":
            "Only you see it, and nobody hears of it. At most \(Limits.plannedPostsMax). What it answers or quotes is looked at "
            + "when it is published. Sent again under its `Idempotency-Key` after that, it answers with the `post_id`, too.",
        "listDrafts": "Only yours.",
        "changeDraft": "All of it: what is left out is as in a new one.",
        "deleteDraft": "Its text is erased.",
        "publishDraft": "As `POST /v1/posts`. The draft is gone with that, so that it is published once.",
        "createScheduledPost":
            "Published at `scheduled_at`, or within seconds after, with all rules as they are then. One that they refuse stays here "
            + "with its `failure`, and a notification tells you. At most \(Limits.plannedPostsMax). Sent again under its "
            + "`Idempotency-Key` after its publication, it answers with the `post_id`, too.",
        "listScheduledPosts": "Those that wait, and those that failed. What was published is gone from here.",
        "changeScheduledPost": "All of it: what is left out is as in a new one. One that failed waits anew.",
        "deleteScheduledPost": "It will not be published.",
        "listUserPosts":
            "Those that you may see; a page may be short though more follow. An account that blocks you, or that you block, answers 404.",
    ]

    private static let comments = [
        "createComment":
            "A comment is a post with `reply_to`, in the same feeds and under the same rules, save that it is also kept from those "
            + "who may not see the post at the root of its thread. Where the post "
            + "at the root of the thread takes no comments from you, 403 `comments-closed`.",
        "listComments":
            "Those that answer the post itself; `comments_count` says how many hang below each. One that was deleted "
            + "or removed while there are replies below it keeps its place, with `unavailable` and nothing of what it said. "
            + "Where very many are not for you, a page may be short though more follow.",
        "listReplies":
            "As `GET /v1/posts/{id}/comments`, also below a deleted comment that keeps its place there. A post that is "
            + "no comment answers 404.",
        "getComment": "404 also where it exists and is not for you, and for a post that is no comment.",
        "editComment":
            "Only your own. Where you may not comment any more, it cannot be shown to more people: 403 `comments-closed`.",
        "deleteComment": "Your own is erased. Below your own post, at any depth, you can remove what others wrote: "
            + "it is then gone for everyone, its author too, who can still delete it for good. Its replies stay, and where "
            + "there are any it keeps its place in lists of comments.",
        "setPostSettings":
            "Only your own. Who may comment below a comment, the post at the root of its thread says; `share_policy` may be "
            + "set for a comment, too. The text stays as it is, and no version is added.",
        "pinPost": "Only your own, and at most \(Limits.pinnedPostsMax). `GET /v1/users/{id}/posts?pinned=true` lists "
            + "them to those who may see them. Pinning again changes nothing.",
        "unpinPost": "Fine also where it is not pinned.",
    ]

    private static let graph = [
        "follow": "Doing it again changes nothing. A private account gets a request first (`requested`). An account "
            + "that you block answers 409.",
        "unfollow":
            "Also takes back an open request. Not following in the first place is fine. Works on accounts that are "
            + "suspended or about to be deleted, too.",
        "getRelationship": "With yourself, every flag is false.",
        "listFollowRequests": "The newest first. Accept or reject them one by one.",
        "acceptFollowRequest": "From now on they see what is for your followers.",
        "rejectFollowRequest": "They are not told, and may ask again.",
        "block":
            "Neither sees the other from now on; follows and requests both ways end. Works on accounts that are "
            + "suspended or about to be deleted, too, as do lifting a block, muting and lifting that.",
        "unblock": "What the block ended does not come back.",
        "mute":
            "They are not told. What they post, comment and share is out of your feeds, your lists, lists of comments, "
            + "quotes and posts with a hashtag, and your notifications; what quotes them shows `unavailable` there. You "
            + "still see their profile, with the posts on it, and each post by its id.",
        "unmute": "What they post is back where it was, old posts too.",
        "listFollowers": "The newest first. Empty for a private account that you do not follow. Accounts that a block "
            + "keeps from you are left out.",
        "listFollowing": "The newest first. Empty for a private account that you do not follow. Accounts that a block "
            + "keeps from you are left out.",
        "listBlocks": "The newest first. Only you see this list.",
        "listMutes": "The newest first. Only you see this list.",
        "listCloseFriends": "The newest first. Only you see this list, and nobody else can find out who is on it.",
        "addCloseFriend":
            "They see your posts with the visibility `close_friends`, old ones too, whether they follow you or not, and are not "
            + "told. A block either way ends it. Doing it again changes nothing; an account that you block answers 409.",
        "removeCloseFriend": "From now on such posts are not there for them. They are not told.",
        "listMutedWords": "The newest first. Only you see this list.",
        "muteWord":
            "Whole words, in any case and whatever the language: `art` is not in `start`, and `Istanbul` is `İSTANBUL`. What others write with it in it is not in your home "
            + "feed, in comments or in notifications, as `scopes` says, from now on, neither shared nor quoted. A phrase "
            + "that is muted already takes on the new scopes and time. What it hid until `expires_at` shows when the feed "
            + "is loaded anew.",
        "unmuteWord": "What it hid is back, old posts too.",
        "getFeed":
            "Posts of the accounts you follow and your own; replies where you follow both sides; and what those accounts "
            + "shared, each post once (`shared_by`). Scroll with "
            + "`cursor` to the very first post, or poll for news with `since`.",
    ]

    private static let live = [
        "openStream":
            "Open the stream first and load the feed then, so that nothing falls between. A post is told of once "
            + "your feed has it. The stream ends with your access token, session or account, when you do not read, and while "
            + "the server cannot look at your token: open it anew with `Last-Event-ID`, which browsers do by themselves.",
        "openWebSocket":
            "The handshake of RFC 6455, without subprotocols and extensions. Send the access token as a header; where that "
            + "cannot be set, as in browsers, send `{\"token\", \"resume\"}` as the first message within ten seconds, and "
            + "nothing else. Each event is a text message, `{\"id\", \"event\", \"data\"}`, with the `event` and `data` of "
            + "`GET /v1/stream`; `open` comes first and names the `id` that what follows comes after, and `heartbeat`, "
            + "without either, every 20 seconds. Close codes: 3000 the token is not good (any more), 3008 no first message, "
            + "1001 the server stops, 1008 what you said was not expected, 1013 too many streams, or the server cannot look "
            + "at your token right now: keep it and try again later, and those of RFC 6455.",
        "getMarkers": "Shared by all of your devices.",
        "moveMarkers": "Lists left out stay. Your other devices hear of it by `read-marker`.",
    ]

    private static let notifications = [
        "listNotifications":
            "What others did with your posts and account, told together by kind and post: \"alice and 12 others\". "
            + "A group that something is added to moves to the top and is unread again. What was taken back, and what you may "
            + "not or do not want to see, is left out and not counted; done again, it has its old place, and is no news.",
        "countNotifications": "Counted up to \(Limits.unreadNotificationsMax).",
        "readNotifications":
            "Moves your marker `notifications`, which your other devices hear of. Without a body, all are read.",
    ]

    private static let tags = [
        "listTagPosts":
            "Those that you may see. `#Swift`, `#swift` and `＃ｓｗｉｆｔ` are one hashtag. Where many posts are not for you, a page "
            + "may be short though more follow.",
        "getTagFeed": "The newest first, each once. They are not in your home feed.",
        "listTrendingTags":
            "By how many accounts used them in public posts, recent uses counting more. Reckoned about once a minute.",
        "listFollowedTags": "No more than \(Limits.followedTagsMax).",
        "followTag": "Following again changes nothing. What is no hashtag answers 404.",
        "unfollowTag": "Fine also where you do not follow it.",
    ]

    private static let lists = [
        "listLists": "The newest first. Only you see your lists; you can have \(Limits.listsMax).",
        "createList": "It is empty at first.",
        "getList": "To everybody else it is not there.",
        "updateList":
            "`exclusive` takes effect at once: what comes by accounts on an exclusive list alone, posts and shares, is left "
            + "out of your home feed. What somebody else whom you follow shares of theirs is still there.",
        "deleteList": "You still follow its members, and they are in your home feed again.",
        "getListFeed":
            "Posts and shares of its members, each post once, with all that mutes, blocks, muted words and hidden posts keep "
            + "from your home feed left out. Where much is left out, a page may be short though more follow.",
        "listListMembers":
            "Those put on it last come first. Accounts that are gone are left out, so a page may be short.",
        "addListMembers":
            "Whom you do not follow cannot be on a list (422), and who is no longer followed, or blocked, leaves it. A list "
            + "takes \(Limits.listMembersMax) accounts. Adding somebody again changes nothing.",
        "removeListMember": "Answers 404 for an account that is not on it.",
    ]

    private static let exports = [
        "askForExport":
            "It is made in the background: ask `GET /v1/me/export` how far it is. While one waits or is under way, it is the one. "
            + "Within an hour after one, 429. A server that has no place from which it could hand archives out answers 503.",
        "getExport": "404 where you never asked for one.",
        "loadExport":
            "A tar file under gzip: `manifest.json`, and of each section JSON files like `posts/000001.json` with everything "
            + "about your account; of others only ids and usernames. 404 until it is ready, and after `expires_at`.",
        "listKeptItems":
            "They came with the archive that brought your account here, and go out with the next one, where they can be read. "
            + "What names an account goes when that is erased.",
        "removeKeptItems": "They are in no later archive, and are not tried again.",
    ]

    private static let operations = [
        "getHealth": "Touches nothing but the process. Use it to decide on a restart.",
        "getReadiness": "Writes to the store to see that it can. Use it to decide on sending traffic.",
        "getMetrics": "Answers 404 without the metrics token, and where none is set.",
        "getOpenAPI": "Made from the table that routes requests, so that it cannot fall behind.",
    ]
}
