//! What `init` says to a person, in four languages.

use clap::ValueEnum;
use countersign_protocol::party::Party;

/// A language of the questions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// English
    #[default]
    #[value(name = "en")]
    English,
    /// Français
    #[value(name = "fr")]
    French,
    /// Español
    #[value(name = "es")]
    Spanish,
    /// Português
    #[value(name = "pt")]
    Portuguese,
}

/// A question: a line that explains it, and the prompt itself.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) why: &'static str,
    pub(crate) prompt: &'static str,
}

/// Every text, in one language.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) welcome: &'static str,
    pub(crate) folder: Question,
    pub(crate) country: Question,
    pub(crate) not_a_country: &'static str,
    pub(crate) ministry: Question,
    pub(crate) name: Question,
    pub(crate) process: Question,
    /// What each preset is, in the order of [`PROCESSES`].
    pub(crate) processes: [&'static str; 4],
    pub(crate) origin: Question,
    pub(crate) witnesses: Question,
    pub(crate) not_a_file: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) no_witness: &'static str,
    pub(crate) go_on: &'static str,
    pub(crate) stopped: &'static str,
    pub(crate) passphrase_why: &'static str,
    pub(crate) passphrase: &'static str,
    pub(crate) passphrase_again: &'static str,
    pub(crate) passphrase_differs: &'static str,
    pub(crate) made: &'static str,
    pub(crate) next: &'static str,
    pub(crate) back_up: &'static str,
    pub(crate) tell_witnesses: &'static str,
    pub(crate) start: &'static str,
    pub(crate) invite_official: &'static str,
    pub(crate) invite_partner: &'static str,
}

/// The processes that come with the program.
pub(crate) const PROCESSES: [&str; 4] = ["small", "standard", "undp-2025", "cote-divoire"];

impl Language {
    /// Every language, with its own name for itself.
    pub(crate) const ALL: [(Self, &'static str); 4] = [
        (Self::English, "English"),
        (Self::French, "Français"),
        (Self::Spanish, "Español"),
        (Self::Portuguese, "Português"),
    ];

    pub(crate) fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::French => &FRENCH,
            Self::Spanish => &SPANISH,
            Self::Portuguese => &PORTUGUESE,
        }
    }

    /// What the registry of a country is called when nobody says. The country's name is the one of ISO 3166-1 in English.
    pub(crate) fn registry_name(self, party: Party) -> String {
        let country = party.name();
        match self {
            Self::English => format!("{country} Carbon Registry"),
            Self::French => format!("Registre carbone national ({country})"),
            Self::Spanish => format!("Registro nacional de carbono ({country})"),
            Self::Portuguese => format!("Registo nacional de carbono ({country})"),
        }
    }
}

const ENGLISH: Words = Words {
    welcome: "This makes a country's registry. Enter takes what stands in brackets; Ctrl-C makes nothing.",
    folder: Question {
        why: "Everything that the registry knows lies in one folder on this machine; only you can read it.",
        prompt: "Data folder",
    },
    country: Question {
        why: "The Party to the Paris Agreement whose units this registry counts, by its two letters, such as GH.",
        prompt: "Country",
    },
    not_a_country: "two letters of ISO 3166-1 are wanted, such as GH, CI, CO or MZ",
    ministry: Question {
        why: "The ministry or office that keeps the registry: its officials approve, authorise and issue.",
        prompt: "Ministry",
    },
    name: Question {
        why: "What people read above every page and letter.",
        prompt: "Name of the registry",
    },
    process: Question {
        why: "Who hands in, who checks, who decides. You can change it later: it is a file (docs/process.md).",
        prompt: "Process",
    },
    processes: [
        "three officials: nobody decides alone",
        "developer, certifier and government gates, with a methodology step",
        "the cycle of the UNDP registry of 2025",
        "several ministries, fees, appeals, five tracks",
    ],
    origin: Question {
        why: "The ledger's own name on the web: partners know it by this name, and it never changes.",
        prompt: "Ledger",
    },
    witnesses: Question {
        why: "Files with the lines of your witnesses, who see that history is not rewritten; empty: name them later.",
        prompt: "Witness files, between blanks",
    },
    not_a_file: "there is no such file",
    summary: "This will be made:",
    no_witness: "none yet: name some in trust.policy before units leave the country",
    go_on: "Make it?",
    stopped: "nothing was made",
    passphrase_why: "A passphrase encrypts the keys. Nobody can recover it: keep it in two places that do not burn together.",
    passphrase: "Passphrase",
    passphrase_again: "The same again",
    passphrase_differs: "These were not the same",
    made: "the ledger has its first record; everything is in",
    next: "Next",
    back_up: "back this up and, apart from it, the passphrase",
    tell_witnesses: "give the log key to the witnesses: they cosign only logs that they know",
    start: "start the node",
    invite_official: "invite the first official",
    invite_partner: "invite a partner country",
};

const FRENCH: Words = Words {
    welcome: "Cette commande crée le registre d'un pays. Entrée accepte la valeur entre crochets ; Ctrl-C ne crée rien.",
    folder: Question {
        why: "Tout ce que sait le registre se trouve dans un seul dossier de cette machine, lisible par vous seul.",
        prompt: "Dossier de données",
    },
    country: Question {
        why: "La Partie à l'Accord de Paris dont ce registre compte les unités, par ses deux lettres, comme CI.",
        prompt: "Pays",
    },
    not_a_country: "il faut deux lettres de la norme ISO 3166-1, comme CI, SN, GH ou MG",
    ministry: Question {
        why: "Le ministère ou le bureau qui tient le registre : ses agents approuvent, autorisent et délivrent.",
        prompt: "Ministère",
    },
    name: Question {
        why: "Ce qu'on lit en tête de chaque page et de chaque lettre.",
        prompt: "Nom du registre",
    },
    process: Question {
        why: "Qui dépose, qui vérifie, qui décide. Modifiable plus tard : c'est un fichier (docs/process.md).",
        prompt: "Processus",
    },
    processes: [
        "trois agents : personne ne décide seul",
        "porteur, certificateur et autorités, avec une étape de méthodologie",
        "le cycle du registre du PNUD de 2025",
        "plusieurs ministères, frais, recours, cinq voies",
    ],
    origin: Question {
        why: "Le nom du grand livre sur le web : les partenaires le connaissent sous ce nom, qui ne change jamais.",
        prompt: "Grand livre",
    },
    witnesses: Question {
        why: "Les fichiers de vos témoins, qui voient que l'histoire n'est pas réécrite ; vide : les nommer plus tard.",
        prompt: "Fichiers des témoins, séparés par des blancs",
    },
    not_a_file: "ce fichier n'existe pas",
    summary: "Voici ce qui sera créé :",
    no_witness: "aucun pour l'instant : nommez-en dans trust.policy avant que des unités quittent le pays",
    go_on: "Créer ce registre ?",
    stopped: "rien n'a été créé",
    passphrase_why: "Une phrase secrète chiffre les clés. Personne ne peut la retrouver : gardez-la en deux lieux qui ne brûlent pas ensemble.",
    passphrase: "Phrase secrète",
    passphrase_again: "Encore la même",
    passphrase_differs: "Ce n'étaient pas les mêmes",
    made: "le grand livre a sa première écriture ; tout est dans",
    next: "Ensuite",
    back_up: "sauvegarder ceci et, ailleurs, la phrase secrète",
    tell_witnesses: "donner la clé du journal aux témoins : ils ne cosignent que les journaux qu'ils connaissent",
    start: "démarrer le nœud",
    invite_official: "inviter le premier agent",
    invite_partner: "inviter un pays partenaire",
};

const SPANISH: Words = Words {
    welcome: "Esta orden crea el registro de un país. Intro acepta el valor entre corchetes; Ctrl-C no crea nada.",
    folder: Question {
        why: "Todo lo que sabe el registro está en una sola carpeta de esta máquina; solo usted puede leerla.",
        prompt: "Carpeta de datos",
    },
    country: Question {
        why: "La Parte en el Acuerdo de París cuyas unidades cuenta este registro, con sus dos letras, como CO.",
        prompt: "País",
    },
    not_a_country: "hacen falta dos letras de la norma ISO 3166-1, como CO, PE, CR o GT",
    ministry: Question {
        why: "El ministerio u oficina que lleva el registro: sus funcionarios aprueban, autorizan y expiden.",
        prompt: "Ministerio",
    },
    name: Question {
        why: "Lo que se lee en cada página y en cada carta.",
        prompt: "Nombre del registro",
    },
    process: Question {
        why: "Quién presenta, quién verifica, quién decide. Se puede cambiar después: es un archivo (docs/process.md).",
        prompt: "Proceso",
    },
    processes: [
        "tres funcionarios: nadie decide solo",
        "promotor, certificador y gobierno, con un paso de metodología",
        "el ciclo del registro del PNUD de 2025",
        "varios ministerios, tasas, recursos, cinco vías",
    ],
    origin: Question {
        why: "El nombre del libro en la web: los socios lo conocen por este nombre, que no cambia nunca.",
        prompt: "Libro",
    },
    witnesses: Question {
        why: "Los archivos de sus testigos, que ven que la historia no se reescribe; vacío: nombrarlos después.",
        prompt: "Archivos de los testigos, separados por espacios",
    },
    not_a_file: "no existe ese archivo",
    summary: "Se creará lo siguiente:",
    no_witness: "ninguno todavía: nómbrelos en trust.policy antes de que salgan unidades del país",
    go_on: "¿Crearlo?",
    stopped: "no se creó nada",
    passphrase_why: "Una frase secreta cifra las claves. Nadie puede recuperarla: guárdela en dos lugares que no ardan juntos.",
    passphrase: "Frase secreta",
    passphrase_again: "Otra vez la misma",
    passphrase_differs: "No eran iguales",
    made: "el libro tiene su primer asiento; todo está en",
    next: "Después",
    back_up: "guardar una copia de esto y, aparte, la frase secreta",
    tell_witnesses: "dar la clave del libro a los testigos: solo cofirman los libros que conocen",
    start: "arrancar el nodo",
    invite_official: "invitar al primer funcionario",
    invite_partner: "invitar a un país socio",
};

const PORTUGUESE: Words = Words {
    welcome: "Este comando cria o registo de um país. Enter aceita o valor entre parênteses; Ctrl-C não cria nada.",
    folder: Question {
        why: "Tudo o que o registo sabe está numa só pasta desta máquina; só você a pode ler.",
        prompt: "Pasta de dados",
    },
    country: Question {
        why: "A Parte no Acordo de Paris cujas unidades este registo conta, pelas suas duas letras, como MZ.",
        prompt: "País",
    },
    not_a_country: "são precisas duas letras da norma ISO 3166-1, como MZ, AO, BR ou CV",
    ministry: Question {
        why: "O ministério ou serviço que mantém o registo: os seus funcionários aprovam, autorizam e emitem.",
        prompt: "Ministério",
    },
    name: Question {
        why: "O que se lê em cada página e em cada carta.",
        prompt: "Nome do registo",
    },
    process: Question {
        why: "Quem apresenta, quem verifica, quem decide. Pode mudar depois: é um ficheiro (docs/process.md).",
        prompt: "Processo",
    },
    processes: [
        "três funcionários: ninguém decide sozinho",
        "promotor, certificador e governo, com um passo de metodologia",
        "o ciclo do registo do PNUD de 2025",
        "vários ministérios, taxas, recursos, cinco vias",
    ],
    origin: Question {
        why: "O nome do livro na web: os parceiros conhecem-no por este nome, que nunca muda.",
        prompt: "Livro",
    },
    witnesses: Question {
        why: "Os ficheiros das suas testemunhas, que veem que a história não é reescrita; vazio: nomeá-las depois.",
        prompt: "Ficheiros das testemunhas, separados por espaços",
    },
    not_a_file: "esse ficheiro não existe",
    summary: "Será criado o seguinte:",
    no_witness: "nenhuma por agora: nomeie-as em trust.policy antes de saírem unidades do país",
    go_on: "Criar?",
    stopped: "nada foi criado",
    passphrase_why: "Uma frase secreta cifra as chaves. Ninguém a pode recuperar: guarde-a em dois lugares que não ardam juntos.",
    passphrase: "Frase secreta",
    passphrase_again: "Outra vez a mesma",
    passphrase_differs: "Não eram iguais",
    made: "o livro tem o seu primeiro registo; tudo está em",
    next: "A seguir",
    back_up: "fazer cópia disto e, à parte, da frase secreta",
    tell_witnesses: "dar a chave do livro às testemunhas: só cossignam os livros que conhecem",
    start: "arrancar o nó",
    invite_official: "convidar o primeiro funcionário",
    invite_partner: "convidar um país parceiro",
};
