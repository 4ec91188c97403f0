/// Texts of our own for posts whose words nobody kept: traces of activities, demos.
enum BuiltInTexts {
    /// With a second sentence now and then, there are about 2,000 different posts.
    static func post(_ numbers: inout SeededNumbers) -> String {
        let first = numbers.pick(sentences)
        return numbers.below(3) == 0 ? "\(first) \(numbers.pick(sentences))" : first
    }

    /// What one account might have written to, about or after another.
    static func activity(_ kind: ActivityFormat.Kind, target: String, _ numbers: inout SeededNumbers) -> String {
        switch kind {
        case .repost: "RT @\(target): \(post(&numbers))"
        case .mention, .reply: "@\(target) \(post(&numbers))"
        }
    }

    /// 40 to 130 characters each.
    static let sentences = [
        "The first tram of the day was empty, and the driver still said good morning to me.",
        "Baked bread for the third weekend in a row, and this time the crust turned out right. 🍞",
        "Is there a good way to keep basil alive on a windowsill that faces north?",
        "The library on our street now lends out tools. I came for a novel and left with a drill.",
        "Counted eleven herons along the river this morning, which is two more than last week.",
        "If you only have an hour in the old town, spend it at the market and bring a bag.",
        "Finished the puzzle at last. One piece is missing, and I am fairly sure the cat knows.",
        "Our village choir is looking for tenors, and cake after rehearsal is guaranteed. 🎶",
        "Rain all afternoon, so I sorted the photographs from the summer and lost track of time.",
        "A small reminder that maps drawn by hand are still the best kind of souvenir.",
        "The night train was late, but the sunrise over the lake made up for every minute.",
        "Replaced the chain on my bicycle myself, and only three screws were left over afterwards.",
        "What is the one recipe that you could cook with your eyes closed?",
        "They repainted the harbour benches blue, and the whole quay looks awake again.",
        "Learning to juggle at forty: day nine, and the neighbours have stopped asking about the noise.",
        "There is a fox in the garden behind the office. We have named the meeting room after it. 🦊",
        "I wrote a letter on paper today and had to think about how to hold the pen.",
        "The bakery on the corner sells yesterday's rolls for half the price, and nobody can tell.",
        "Tonight the sky is clear enough to see the Milky Way from the hill behind the school. ✨",
        "Grandfather's radio works again. It needed one wire and a great deal of patience.",
        "Our reading group picked a book of nine hundred pages. See you all in spring.",
        "The trick with pancakes is to let the batter rest while you look for the pan.",
        "Someone left a box of lemons by the door with a note that said: please take two. 🍋",
        "Today I took the long way home, and it turned out to be the shorter one.",
        "The swallows are back under the station roof, right on time as every April.",
        "Does anyone know a quiet café near the museum with a table by the window?",
        "Half of gardening is waiting, and the other half is carrying things from here to there.",
        "We planted forty trees along the football pitch this morning. Come and water them! 🌳",
        "My sister sent a postcard that took three weeks and is already on its second fridge magnet.",
        "The new bridge opens on Sunday, and there will be music from ten until the sun goes down.",
        "A pot of soup, two friends and a board game with missing rules: a very good evening.",
        "I keep a notebook of good questions that children ask on the bus. Page four is full.",
        "The mountain hut served plum dumplings, so the climb was worth it after all. ⛰️",
        "Fixed a bug today that was older than my desk. The fix was one character long.",
        "Snow on the roofs, tea in the pot, and not a single thing that has to be done today. ❄️",
        "The orchestra practises with the windows open, so the whole square gets a free concert.",
        "Found my old roller skates in the attic. They still fit, my sense of balance does not.",
        "If your sourdough does not rise, put the bowl next to the router. It works, I promise.",
        "Third place in the office chess tournament, out of three, and still proud of that endgame.",
        "The ferry captain let the children blow the horn. I may have asked for a turn as well. ⛴️",
        "Heute Morgen lag Nebel über dem See, und man hörte nur die Ruder und ein paar Enten.",
        "Wer hat noch ein gutes Rezept für Kürbissuppe? Der Garten hat es dieses Jahr gut gemeint. 🎃",
        "Im Zug neben mir strickt jemand einen sehr langen Schal, und inzwischen reden wir alle mit.",
        "Ce matin, le marché sentait la menthe et les pêches, et je suis rentré sans la moindre liste.",
        "Le vieux cinéma du quartier rouvre samedi, avec les fauteuils rouges et le même projecteur. 🎬",
        "Il a plu toute la nuit, et ce matin les escargots traversent le chemin comme s'ils étaient pressés.",
        "Hoy el autobús iba tan lleno que conocí a la mitad de mi barrio antes de las ocho.",
        "Mi abuela dice que el secreto del arroz es no mirarlo, y por ahora siempre tiene razón. 🍚",
        "¿Alguien sabe dónde arreglan relojes antiguos? El de la cocina lleva tres años a las cuatro.",
        "Stamattina il fornaio mi ha regalato una focaccia, e la giornata è cominciata molto bene.",
        "Sul sentiero del faro non c'era nessuno, soltanto il vento e un gatto molto sicuro di sé. 🐈",
        "Hoje o mar estava tão calmo que dava para ouvir as conversas dos barcos de pesca.",
        "Alguém quer trocar mudas de tomate por livros? Tenho muitas mudas e pouco para ler. 🍅",
        "Dziś rano na targu były pierwsze truskawki, a kolejka sięgała aż do przystanku. 🍓",
        "Vanochtend stond de brug open, en iedereen had opeens tijd voor een praatje in de zon.",
        "Idag åkte jag skridskor på sjön innan jobbet, och isen sjöng under hela vägen hem.",
        "Сегодня во дворе зацвела старая яблоня, и весь дом вышел на балконы посмотреть на неё. 🌸",
        "今朝は駅前の桜が満開で、電車を一本見送ってしまいました。夕方にもう一度、友だちと一緒に見に行くつもりです。🌸",
        "오늘은 시장에서 따뜻한 호떡을 사서 강가를 따라 집까지 천천히 걸어왔어요. 바람이 정말 좋았습니다.",
        "周末和朋友去爬山，山顶的风很大，可是看到日出的那一刻，我们都觉得早起真的很值得。下次想带上热茶和相机再来一次。🌄",
    ]
}
