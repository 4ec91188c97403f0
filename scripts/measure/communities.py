"""Made-up communities for measuring: who follows whom, and posts of about 300 characters."""
import json
import random
import time

WORDS = """the a of and to in on with from into over after before we they you it this that some many every another
morning evening weekend train window garden coffee bread river harbour mountain street market library starling swallow
heron feather song light rain snow thunder summer winter autumn spring letter picture recipe concert match race project
idea question answer reason story friend neighbour teacher engineer saw heard found made wrote read walked waited laughed
finished started learned forgot remembered tried quiet bright slow early late strange good better new old small""".split()
POST_LENGTH = 300
# The accounts that everyone follows, whose posts are merged in when a feed is read.
POPULAR = 20


def text(numbers, length=POST_LENGTH):
    words = []
    while sum(map(len, words)) + len(words) < length:
        words.append(numbers.choice(WORDS))
    return " ".join(words)


class Plan:
    """What to import: accounts are numbers from 0 and become `u0`, `u1` and so on."""

    def __init__(self, follows, posts, authors, seed=1):
        """`follows` are pairs of follower and followee; `posts` are dealt to the authors over the last two weeks."""
        self.follows, self.count, self.authors, self.seed = follows, posts, authors, seed

    def write(self, follows_path, posts_path):
        numbers = random.Random(self.seed)
        texts = [text(numbers) for _ in range(500)]
        with open(follows_path, "w") as file:
            file.writelines(f"{follower} {followee}\n" for follower, followee in self.follows)
        start, span = int(time.time() * 1000) - 14 * 86_400_000, 14 * 86_400_000 - 60_000
        with open(posts_path, "w") as file:
            for index in range(self.count):
                file.write(json.dumps({
                    "author": str(numbers.choice(self.authors)), "text": texts[index % len(texts)],
                    "time": start + index * span // self.count}) + "\n")


def readers(users=1_000, followees=200, posts=20_000):
    """Everyone follows the popular ones, who are the first, and `followees` others."""
    numbers = random.Random(1)
    others = range(POPULAR, users)
    follows = [(user, popular) for user in range(users) for popular in range(POPULAR) if user != popular]
    for user in range(users):
        follows += [(user, other) for other in numbers.sample(others, followees + 1) if other != user][:followees]
    return Plan(follows, posts, list(range(users)))


def writers(users=1_000, followers=50, posts=20_000):
    """Everyone has about `followers` followers."""
    numbers = random.Random(1)
    follows = [(other, user) for user in range(users) for other in numbers.sample(range(users), followers)
               if other != user]
    return Plan(follows, posts, list(range(users)))


def crowd(users=304_000, readers=200, followees=200, posts=20_000):
    """A few readers with `followees` among many accounts, each of which follows the next. Readers are the first."""
    numbers = random.Random(1)
    authors = range(readers, readers + 1_000)
    follows = [(user, user + 1) for user in range(readers, users - 1)]
    follows += [(reader, other) for reader in range(readers) for other in numbers.sample(authors, followees)]
    return Plan(follows, posts, list(authors))


def wide(narrow=40, wide=40, followees=(200, 5_000), users=6_000, posts=30_000):
    """Two groups of readers, the first of whom follow few and the second many."""
    numbers = random.Random(1)
    authors = range(narrow + wide, users)
    follows = [(reader, other) for reader in range(narrow + wide)
               for other in numbers.sample(authors, followees[0] if reader < narrow else followees[1])]
    return Plan(follows, posts, list(authors))


def star(followers=9_999, posts=1_000):
    """One author, the first, whom everyone else follows."""
    return Plan([(follower, 0) for follower in range(1, followers + 1)], posts, [0])


def audience(readers, posts=2_000):
    """Readers who all follow the popular ones, the only ones who write."""
    follows = [(reader, author) for reader in range(POPULAR, POPULAR + readers) for author in range(POPULAR)]
    return Plan(follows, posts, list(range(POPULAR)))


def partly_followed(users=10_000, followers=1_000, posts=2_000):
    """The first follow the last; the others follow somebody else each."""
    follows = [(user, users - 1 if user < followers else user - 1) for user in range(users - 1)]
    return Plan(follows, posts, list(range(users)))
