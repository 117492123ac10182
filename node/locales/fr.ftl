# Les mots des pages en français. Chaque langue a les mêmes clés : un test y veille.

## Partout
site-title = { $country } : registre carbone
skip = Aller au contenu principal
languages = Langues
navigation = Parties du registre
menu = Menu
all-pages = Toutes les pages
foot-promise = Tout ce que montrent ces pages peut être vérifié dans le journal public. Aucun compte n'est nécessaire, aucun cookie n'est déposé avant une connexion et rien n'est chargé depuis d'autres serveurs.
sandbox-title = Bac à sable.
sandbox-text = Rien ici n'a de valeur : pays, personnes et unités sont inventés. L'horloge indique { $time }.
foot-version = Countersign { $version }
as-of = État à l'entrée { $entry } du journal.
as-of-verify = Vérifier
same-title = La même chose par l'API et en ligne de commande
same-text = Chaque page montre aussi comment un programme obtient ces données.
same-docs = Documentation de l'API
none = aucun
never = jamais
all = tout
from = de { $name }
to = à { $name }
since = depuis le { $day }
period = du { $first } au { $last }
share = { $parts } parts sur { $all }
percent = { $percent } %
account = compte { $account }
vintage = millésime { $year }
tonnes = { $tonnes } t CO₂e
unit-tonnes = tonnes CO₂e
witnessed = attesté
witnessed-not = pas encore attesté
in-force = en vigueur
revoked = révoquée
milliseconds = { $ms } ms
proof-of-entry = preuve : entrée { $entry }
project-number = Projet { $number }
case-number = Dossier { $number }
sdg = Objectif { $goal }
all-as-csv = Toutes les lignes en CSV
list-empty = Il n'y a rien à montrer ici.
pager = Pages de la liste
pager-first = Retour à la première page
pager-next = Page suivante

nav-projects = Projets
nav-map = Carte
nav-units = Unités
nav-retirements = Retraits
nav-organisations = Organisations
nav-transfers = Transferts
nav-cooperation = Coopération
nav-accounting = Compte article 6
nav-statistics = Statistiques
nav-verify = Vérifier
nav-transparency = Transparence
nav-federation = Fédération
nav-entries = Entrées du journal
nav-notices = Avis d'utilisation
nav-letters = Lettres
nav-guidance = Aide
nav-data = Données ouvertes
nav-api = Documentation de l'API
menu-registry = Registre
menu-article6 = Article 6
menu-proof = Preuve
menu-use = Utiliser

## Nombres et dates
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre
date-long = { $day } { $month } { $year }
date-time = { $date }, { $time } UTC
ago-seconds = { $count ->
    [one] il y a { $shown } seconde
   *[other] il y a { $shown } secondes
}
ago-minutes = { $count ->
    [one] il y a { $shown } minute
   *[other] il y a { $shown } minutes
}
ago-hours = { $count ->
    [one] il y a { $shown } heure
   *[other] il y a { $shown } heures
}
ago-days = { $count ->
    [one] il y a { $shown } jour
   *[other] il y a { $shown } jours
}
size-bytes = { $size } octets
size-kilobytes = { $size } ko
size-megabytes = { $size } Mo

## Ce qui n'a pas marché
error-not-found = Cette page n'existe pas
error-not-found-text = Vérifiez l'adresse, ou cherchez le numéro de série, le projet ou le transfert.
error-malformed = Cette adresse est illisible
error-malformed-text = Une partie de l'adresse ou du formulaire n'est pas ce qu'elle doit être.
error-method = Cette page n'accepte pas une telle demande
error-method-text = Ouvrez la page de nouveau à partir d'un lien.
error-too-many = Trop de demandes
error-too-many-text = Beaucoup de demandes sont venues de votre réseau en peu de temps. Attendez un moment, puis rechargez la page.
error-busy = Le registre est occupé
error-busy-text = Il ne peut pas répondre en ce moment. Rien n'est perdu : rechargez la page dans un instant.
error-failed = Le registre n'a pas pu répondre
error-failed-text = C'est une faute du registre, notée dans son journal. Indiquez à l'autorité le numéro ci-dessous.
error-home = Vers la première page
error-search = Chercher
error-id = Numéro de la demande :

## Première page
home-title = Chaque tonne, où elle est, et la preuve
home-lede = Le registre public du carbone : projets, unités, transferts entre pays et retraits. Chacun peut le consulter, et chacun peut le vérifier.
home-figures = Le registre en chiffres
home-unwitnessed = pas encore vu par des témoins
home-news = Dernières nouvelles
home-news-caption = Entrées les plus récentes du journal
home-all-entries = Toutes les entrées du journal
home-start = Par où commencer
home-start-register = Enregistrer un projet
home-start-serial = Lire un numéro de série
home-start-verify = Vérifier une preuve
home-start-data = Obtenir les données
figure-authorised = Autorisé
figure-authorised-more = Les autorisations et leur usage
figure-issued = Délivré
figure-projects = { $count ->
    [one] { $shown } projet enregistré
   *[other] { $shown } projets enregistrés
}
figure-transferred = Premier transfert
figure-transferred-more = Transferts entre pays
figure-retired = Retiré
figure-retired-more = Unités utilisées et annulées

## Recherche
search-title = Recherche
search-label = Projet, numéro de série, identifiant ITMO, transfert ou organisation
search-short = Chercher
search-button = Chercher
search-hint = Un nom, un numéro, une série comme GH-27-35, un identifiant ITMO, un transfert, ou le SHA-256 d'une lettre.
search-numbers = Avec ce numéro
search-units = Unités
search-projects = Projets
search-organisations = Organisations
search-transfers = Transferts entre pays
search-cases = Dossiers
search-letter = C'est l'empreinte d'une lettre de ce registre
search-nothing = Rien n'a été trouvé
search-nothing-text = Rien ne s'appelle « { $q } » ici. Essayez avec moins de caractères, ou le numéro de série sans sa fin.

## Colonnes et filtres
column-entry = Entrée
column-what = Quoi
column-about = Objet
column-when = Quand
column-open = ouvrir
column-number = Numéro
column-title = Titre
column-name = Nom
column-scope = Domaine sectoriel
column-organisation = Organisation
column-standing = Statut
column-serial = Numéro de série
column-tonnes = Tonnes
column-place = Où
column-since = Depuis l'entrée
column-vintage = Millésime
column-year = Année
column-purpose = But
column-beneficiary = Bénéficiaire
column-by = Par
column-project = Projet
column-stage = Étape
column-transfer = Transfert
column-route = De → à
column-state = État
column-role = Rôle
column-authorisation = Autorisation
column-uses = Usages autorisés
column-used = Utilisé
column-identification = Identification
column-country = Pays
column-approach = Démarche
column-witness = Témoin
column-cosigned = A cosigné
column-last = Dernière fois
column-peer = Nœud
filter-words = Avec ces caractères
filter-scope = Domaine sectoriel
filter-standing = Statut
filter-sort = Ordre
filter-kind = Genre
filter-purpose = But
filter-direction = Sens
filter-apply = Afficher
sort-number = par numéro
sort-title = par titre
sort-newest = changement le plus récent d'abord
standing-pending = en attente
standing-active = actif
standing-suspended = suspendu
standing-closed = clos

## Projets
projects-title = Projets
projects-text = Tous les projets enregistrés ici, avec leur propriétaire et leur statut.
project-unpublished = description pas encore publique
project-facts = Données
project-owners = Propriétaires
project-certifier = Certificateur
project-crediting = Périodes de comptabilisation
project-sector = Secteur
project-methodology = Méthodologie
project-start = Début
project-estimate = Estimation par an
project-places = Lieux
project-elsewhere = Dans d'autres registres
project-sdg = Objectifs de développement durable
project-units = Unités
project-no-units = Aucune unité n'a été délivrée jusqu'ici.
project-totals = Ce que sont devenues les unités, en tonnes par millésime
project-ranges = Les plages d'unités et où elles sont
project-ranges-all = Toutes les plages, page par page
project-cases = Suivi et demandes
project-documents = Documents
project-no-documents = Aucun document n'est ouvert au public.
project-road = Feuille de route
project-map = Où il se trouve
project-history = Historique
total-held = Détenu ici
total-abroad = À l'étranger
total-used = Utilisé
total-cancelled = Annulé
road-done = fait
road-now = en cours
road-failed = terminé ici
road-ahead = à venir
waits-for = { $step } : attendu de { $by }
act-opened = Ouvert
act-yes = oui
act-no = non
act-migrated = Passé à un processus plus récent
act-finding-opened = Constat ouvert
act-finding-answered = Réponse au constat
act-finding-closed = Constat clos

## Carte
map-title = Carte des projets
map-text = Projets publiés dont on connaît le lieu. Chaque point est un lieu indiqué par un projet.
map-about = { $count ->
    [one] Carte avec { $shown } lieu ; le tableau ci-dessous dit la même chose en mots
   *[other] Carte avec { $shown } lieux ; le tableau ci-dessous dit la même chose en mots
}
map-source = Contours des pays : Natural Earth (domaine public). Ils n'impliquent aucune prise de position sur le statut juridique d'un territoire ni sur ses frontières.
map-empty = Aucun projet publié n'a indiqué de lieu sur la carte.
map-list = Les lieux en liste
map-positions = Latitude, longitude
map-without = { $count ->
    [one] { $shown } projet n'est pas sur la carte : il n'y a pas de lieu, ou n'est pas publié.
   *[other] { $shown } projets ne sont pas sur la carte : ils n'y ont pas de lieu, ou ne sont pas publiés.
}
map-all = Tous les projets en liste

## Unités
units-title = Unités
units-text = Une unité est une tonne dont le numéro ne change jamais. Saisissez l'un de ses noms pour voir où elle est et tout ce qui lui est arrivé.
units-serial = Numéro de série, plage ou identifiant ITMO
units-hint = Par exemple
units-show = Montrer les unités
units-learn = Première visite ?
units-where = Où sont ces unités maintenant
units-more = Les plages suivantes
units-first-of-many = Les { $count } premières plages, { $tonnes }
units-of-first = Le numéro de série et les indications qui le suivent sont ceux de la première plage, { $range }. L'origine de chaque plage est dite sur sa propre page.
units-pieces = Le numéro de série, pièce par pièce
units-itmo = Identifiant ITMO
units-project = Projet
units-foreign-project = Projet { $number } ({ $country })
units-issued-at = Délivré
units-foreign-entry = Entrée { $entry } du journal ({ $country })
units-authorisation = Autorisation
units-first-transfer = Premier transfert
units-first-transfer-by = par : { $country }, selon { $approach }
units-not-transferred = pas de premier transfert
units-tree = Issu de
units-tree-text = De la délivrance jusqu'à ces unités : chaque plage a été séparée de celle du dessus.
units-beside = à côté de
units-custody = Chaîne de possession
units-events-more = Tous les événements, page par page
piece-party = délivré par : { $country }
piece-type = genre d'unité
piece-scope = domaine sectoriel : { $scope }
piece-project = numéro du projet
piece-vintage = année de l'atténuation
piece-reserved = réservé, 0
piece-first = première unité
piece-last = dernière unité
piece-approach = démarche concertée
piece-registry = registre
piece-first-transferring = premier transfert par : { $country }
piece-numbers = numéros des unités
place-available = dans le compte { $account }
place-on-hold = bloqué dans le compte { $account }
place-reserved = mis de côté dans le compte { $account }
place-escrow = verrouillé pour un transfert, du compte { $account }
place-abroad = à l'étranger : { $country }
place-used = utilisé
place-cancelled = annulé
event-issuance = Délivré
event-split = Séparé
event-hold = Bloqué
event-lift = Débloqué
event-reserve = Mis de côté pour une demande
event-free = Libéré
event-transfer = Déplacé entre comptes
event-lock = Verrouillé pour un transfert à l'étranger
event-release = Libéré : le transfert a été refusé
event-finalise = Transféré à l'étranger
event-acquire = Acquis de l'étranger
event-retire = Utilisé
event-cancel = Annulé
event-hold-placed = Blocage par l'autorité
event-hold-lifted = Blocage levé par l'autorité

## Retraits
retirements-title = Retraits
retirements-text = Unités utilisées ou annulées. Elles ne bougent plus jamais.
retirement-title = Retrait { $entry }
retirement-headline = { $tonnes } retirées
retirement-open = le retrait
retirement-for-ever = Ces unités sont retirées pour toujours. Personne ne peut les utiliser une seconde fois, ni ici ni dans un autre pays.
retirement-certificate = Certificat
retirement-reason = Motif
retirement-jurisdiction = Utilisé dans
retirement-units = Unités
retirement-commitment = Bénéficiaire scellé
retirement-commitment-text = Le journal ne contient que cette empreinte du nom et d'un nombre secret. Qui possède les deux peut montrer qu'ils vont ensemble.
beneficiary-private = non public
certificate-title = Certificat de retrait
certificate-text = Le registre { $registry } certifie que les unités ci-dessous ont été retirées et ne peuvent plus être utilisées.
certificate-back = Retour au retrait
certificate-proof = Preuve
certificate-proof-text = Ce retrait est l'entrée { $entry } du journal public. Ouvrez l'adresse, ou scannez le code, pour voir si le journal le dit toujours.
certificate-qr = Code QR avec l'adresse de ce retrait
certificate-file = Certificat PDF/A avec sa preuve
certificate-print = Pour le garder, imprimez cette page ou enregistrez-la en PDF. Le dossier de preuve, sur la page du retrait, se vérifie sans réseau.
retired-retire = Utilisé
retired-cancel = Annulé
purpose-ndc = pour une CDN
purpose-international-mitigation = fins d'atténuation internationales
purpose-other-purposes = autres fins
purpose-overall-mitigation = atténuation globale des émissions mondiales
purpose-voluntary = volontaire

## Transferts
transfers-title = Transferts entre pays
transfers-text = Un transfert est à tout moment dans un seul pays. Les deux journaux le prouvent.
direction-out = sortant
direction-in = entrant
state-locked = verrouillé
state-final = définitif
state-released = libéré
state-acquired = acquis
state-refused = refusé
transfer-open = le transfert
transfer-where = Où sont les unités maintenant
transfer-lanes = Pas à pas, dans les deux pays
transfer-facts = Données
transfer-agreement = Accord
transfer-expiry = À refuser après le
transfer-proof = Voir la preuve
transfer-elsewhere = Prouvé par l'entrée { $entry } de { $origin }
transfer-account = Compte { $account }
transfer-clock = selon l'horloge de ce pays : { $country }
transfer-now-locked-unwitnessed = Les unités sont encore ici. Elles sont verrouillées et inutilisables.
transfer-next-locked-unwitnessed = Ensuite : les témoins de ce journal doivent cosigner le verrou. Rien ne part avant.
transfer-now-locked = Les unités sont encore ici. Elles sont verrouillées et inutilisables.
transfer-next-locked = Ensuite, réponse avec preuve attendue de : { $country }. Sans elle, les unités restent verrouillées : seul un refus prouvé les libère.
transfer-now-final = Les unités sont à destination : { $country }.
transfer-next-final = Il n'y a plus rien à faire.
transfer-now-released = Les unités sont de nouveau ici, et libres.
transfer-next-released = Refus prouvé de : { $country }. Il n'y a plus rien à faire.
transfer-now-acquired = Les unités sont ici.
transfer-next-acquired = La fin sera notée dans le journal de l'origine : { $country }.
transfer-now-refused = Les unités sont restées à l'origine : { $country }.
transfer-next-refused = Ce registre a refusé pour toujours. Avec cette preuve, l'origine libère les unités : { $country }.
lane-source = De : { $country }
lane-destination = À : { $country }
step-lock = Verrouillé à l'origine
step-witnessed = Cosigné par les témoins
step-cancel-asked = Annulation demandée
step-answer = Réponse de la destination
step-acquire = Acquis
step-refuse = Refusé
step-finalise = Définitif à l'origine
step-release = Libéré à l'origine
step-settled = Fin à l'origine notée

## Organisations
organisations-title = Organisations
organisations-text = Porteurs de projets, certificateurs et autorités de ce registre.
organisation-kind-government = Autorité
organisation-kind-developer = Porteur de projets
organisation-kind-certifier = Certificateur
organisation-kind-other = Autre
organisation-projects = Projets
organisation-no-projects = Elle n'a aucun projet enregistré.
organisation-all-projects = Tous ses projets
organisation-retirements = Ses retraits

## Coopération
cooperation-title = Coopération selon l'article 6
cooperation-text = Avec qui ce pays coopère, ce qu'il a autorisé, et combien en est utilisé.
approaches-title = Démarches concertées
approaches-none = Aucune démarche concertée n'est consignée jusqu'ici.
approach-report = rapport initial soumis
approach-no-report = pas encore de rapport initial
approach-parties = Parties
approach-definition = Premier transfert pour d'autres fins
approach-initial-report = Rapport initial
definition-authorisation = l'autorisation
definition-issuance = la délivrance
definition-use-or-cancellation = l'utilisation ou l'annulation
definition-first-international-transfer = le premier transfert international
authorisations-title = Autorisations
authorisations-text = Chaque barre montre combien de la quantité autorisée a fait l'objet d'un premier transfert ou est en route.
authorisations-none = Aucune autorisation n'est consignée jusqu'ici.
authorisation-date = Date
authorisation-issue-until = Délivrance jusqu'au
authorisation-use-until = Utilisation jusqu'au
authorisation-acquirers = Peuvent acquérir et utiliser
authorisation-any-party = toute Partie de la démarche
authorisation-framework = Règles et méthodologies
authorisation-changes = Changements
authorisation-terms = Conditions
entities-title = Entités autorisées
entities-none = Aucune entité n'est autorisée jusqu'ici.
gauge = { $used } sur { $all }
gauge-unlimited = { $used }, sans limite
records-title = Entrées
records-caption = Entrées du journal à ce sujet, la plus ancienne d'abord
uses-ndc = pour une CDN
uses-oimp = autres fins d'atténuation internationales
uses-imp = fins d'atténuation internationales
uses-op = autres fins
uses-ndc-and-oimp = CDN et autres fins d'atténuation internationales
uses-ndc-and-imp = CDN et fins d'atténuation internationales
uses-ndc-and-op = CDN et autres fins

## Compte article 6
accounting-title = Compte article 6
accounting-text = Les contributions du pays, où sont ses unités, et tout ce qui en a été fait selon l'article 6.
ndc-none = Aucune contribution (CDN) n'est consignée jusqu'ici.
ndc-title = CDN { $first }–{ $last }
ndc-method = Méthode d'ajustement
ndc-reference = Niveau de référence { $year }, t CO₂e
ndc-target = Cible { $year }, t CO₂e
ndc-trajectory = Trajectoire
ndc-levels = Émissions couvertes
method-trajectory = trajectoire pluriannuelle indicative
method-averaging = moyenne
method-multi-year = trajectoire pluriannuelle
ndc-adjusted = Avec les ajustements correspondants
reports-title = Rapports annuels (format électronique convenu)
reports-text = Ce que le pays a figé comme version d'une année. Une version ne change jamais : comparez l'empreinte SHA-256 de son JSON.
reports-none = Le pays n'a encore figé aucun rapport annuel. Ce qui a été fait des unités se trouve plus bas, entrée par entrée.
report-title = Rapport annuel { $year }, version { $version }
report-text = Le rapport au format électronique convenu, tel que le pays l'a figé. Chaque ligne découle du journal public.
report-version = Version
report-frozen = Figé le
report-from = Entrées du journal dont il découle
report-size = Taille
report-sha256 = SHA-256 du JSON
report-tables = Ce qu'il contient
report-table = Tableau
regular-title = Informations régulières
regular-text = Le résumé structuré de chaque CDN avec les quantités qui le composent, calculé à partir du journal tel qu'il est maintenant. Ce n'est pas une soumission.
regular-none = Il n'y en a pas sans CDN.
positions-title = Où sont les unités
positions-text = Unités par démarche, but du compte et millésime. Aucun détenteur n'est nommé.
positions-itmos = Premier transfert
positions-authorised = Autorisé
holds-party-holding = comptes de la Partie
holds-entity-holding = comptes d'entités
holds-buffer = réserve
holds-share-of-proceeds = part des fonds
holds-use-towards-ndc = utilisé pour la CDN
holds-international-mitigation = fins d'atténuation internationales
holds-other-purposes = autres fins
holds-overall-mitigation = atténuation globale
holds-other-cancellation = annulé autrement
actions-title = Opérations
actions-text = Ce qui a été fait des unités, dans l'ordre du journal.
action-authorised = Autorisé
action-first-transferred = Premier transfert
action-transferred = Transféré
action-acquired = Acquis
action-used-towards-ndc = Utilisé pour la CDN
action-ended = Utilisé ou annulé
action-partners-first-transfer = Premier transfert d'unités d'un partenaire

## Statistiques
statistics-title = Statistiques
statistics-text = Le registre en graphiques. Chacun a son tableau et son fichier.
statistics-size = Compté sur les { $entries } premières entrées du journal.
chart-empty = Il n'y a encore rien à compter.
chart-table = Le tableau derrière ce graphique
chart-csv = CSV : { $chart }
chart-svg = Image : { $chart }
chart-by-year = Ce qui s'est passé, par année
chart-by-year-text = Tonnes délivrées, transférées, acquises et retirées dans chaque année civile.
chart-by-vintage = Les millésimes, et où sont leurs unités
chart-by-vintage-text = Tonnes par année de l'atténuation. Une unité n'est qu'à un seul endroit.
chart-by-scope = Les secteurs, et où sont leurs unités
chart-by-scope-text = Tonnes délivrées par ce pays, par domaine sectoriel.
chart-projects = Projets enregistrés par secteur
chart-projects-text = Combien de projets compte chaque domaine sectoriel.
chart-by-partner = Pays partenaires
chart-by-partner-text = Tonnes parties vers un partenaire, venues de lui, et en route.
chart-end-states = De l'autorisation à l'état des unités
chart-end-states-text = Tonnes délivrées par ce pays, selon qu'elles sont autorisées au titre de l'article 6, et ce qu'elles sont devenues. Chaque bande est aussi large que ses tonnes.
chart-end-countries = De l'autorisation au pays de destination
chart-end-countries-text = Les mêmes tonnes, celles à l'étranger par le pays qui les détient maintenant.
ends-at-home = dans ce pays
ends-other-countries = autres pays
chart-by-region = Projets par région
chart-by-region-text = Projets publiés, selon les régions qu'ils indiquent. Un projet situé dans plusieurs régions compte dans chacune.
chart-agreements = Accords, et part utilisée de chacun
chart-agreements-text = Tonnes transférées au titre de chaque accord, dans chaque sens : en tout, et dans l'année. La barre est pleine quand la limite est atteinte.
chart-between = Entre pays
chart-between-text = Tonnes parties d'un pays (ligne) vers un autre (colonne), selon ce journal et ceux des partenaires conservés ici.
chart-stages = Délais de traitement
chart-stages-text = Jours entre l'entrée d'un dossier dans une étape et sa sortie : la barre foncée est la médiane, la claire ce que neuf sur dix n'ont pas dépassé.
chart-from = De
stage-time-median = Médiane, jours
stage-time-p90 = Neuf sur dix, jours
stage-time-times = Dossiers
ends-authorised = Autorisées
ends-not-authorised = Non autorisées
column-region = Région
column-agreement = Accord
agreement-used = Utilisé
agreement-limit = Limite
agreement-in-all = en tout
at-available = dans les comptes
at-on-hold = bloqué
at-escrow = verrouillé
at-abroad = à l'étranger
at-used = utilisé
at-cancelled = annulé
partner-out = vers le partenaire
partner-in = du partenaire
partner-open = en route

## Données ouvertes
data-title = Données ouvertes
data-text = Tout ce qui est public, en fichiers, sans compte et sans frais.
data-files = Fichiers
data-file = Fichier
data-about = Ce qu'il contient
data-about-projects = Projets enregistrés
data-about-organisations = Organisations
data-about-retirements = Plages d'unités utilisées et annulées
data-about-transfers = Transferts entre pays
data-about-actions = Ce qui a été fait des unités selon l'article 6
data-about-use-notices = Avis d'utilisations à l'étranger
data-about-letters = Lettres délivrées
data-about-history = Tout ce qui est arrivé aux plages d'unités
data-about-units = Plages d'unités dans leur état actuel
data-about-statistics = Sommes par année, millésime, secteur et partenaire
data-about-places = Où se trouvent les projets publiés
data-about-datapackage = Description de chaque colonne (Data Package)
data-about-sha256sums = Empreintes de tous les fichiers
data-nightly = Fichiers de la nuit
data-nightly-text = Tout découle des { $entry } premières entrées du journal ; établi le { $time }. Parquet et JSON Lines donnent chaque texte tel quel.
data-root = Racine du journal à cet endroit
data-rows = Lignes
data-check = Pour vérifier ce qui a été téléchargé :
data-programs = Pour les programmes
data-programs-text = L'API donne la même chose et davantage, avec des noms stables, et dit ce qui a changé.
data-events = chaque événement, dans l'ordre et sans trou
data-tiles = le journal lui-même (C2SP tlog-tiles), que tout serveur web peut copier
data-terms = Conditions
data-terms-text = Les données de ce registre peuvent être utilisées, copiées et publiées. Nommez le registre et l'entrée du journal d'où vient un chiffre.

## Vérifier
verify-title = Vérifier une preuve
verify-text = Collez un dossier de preuve. Le registre contrôle chaque empreinte et chaque signature, et dit en mots simples ce qu'il prouve.
verify-paste = Dossier de preuve
verify-hint = Un texte qui commence par c2sp.org/tlog-proof@v1. Chaque page d'une entrée, d'un retrait ou d'un transfert le propose.
verify-button = Vérifier
verify-says = Il prouve
verify-stands = Il figure comme
verify-entry-of = entrée { $entry } de { $origin }
verify-under = Sous
verify-under-text = la tête signée de { $size } entrées
verify-witnesses = Attesté par
verify-later = Ce qui s'est passé depuis
verify-offline = Sans faire confiance à cette page
verify-offline-text = La même vérification se fait sur votre propre ordinateur, sans réseau. Il vous faut le programme et un fichier qui dit qui vous croyez.
verdict-valid = Valable
verdict-valid-text = Le journal contient cette entrée. Rien n'est arrivé à ses unités depuis, autant que ce registre le sache.
verdict-moved = Valable, mais déplacé depuis
verdict-moved-text = Le journal contient cette entrée, mais ses unités ont été déplacées, utilisées ou verrouillées plus tard. Voir ci-dessous.
verdict-elsewhere = Valable ; actualité inconnue
verdict-elsewhere-text = Le journal d'un partenaire contient cette entrée. Si quelque chose est arrivé à ses unités depuis, seul le registre de ce pays le sait.
verdict-quorum = Trop peu de témoins
verdict-quorum-text = La signature du journal est juste, mais moins de témoins ont cosigné que ce registre ne l'exige. Demandez la preuve de nouveau dans un instant.
verdict-altered = Altéré
verdict-altered-text = Quelque chose dans ce dossier a été changé, ou appartient à autre chose. Il ne prouve rien.
verdict-unknown = Émetteur inconnu
verdict-unknown-text = Ce dossier vient d'un journal que ce registre ne connaît pas. Il peut être vrai, mais ne peut pas être vérifié ici.
verdict-unreadable = Ce n'est pas un dossier de preuve
verdict-unreadable-text = Collez le texte entier du fichier, de la première à la dernière ligne.
verdict-record = L'entrée figure dans le journal, et cette version ne sait pas la lire
verdict-record-text = La preuve tient. Le contenu de l'entrée est d'un format plus récent que celui que cette version lit, ou enfreint les règles de son format.
verdict-fork = Deux journaux sous une même clé
verdict-fork-text = Ce dossier est signé par ce registre et ses témoins, mais le journal du registre dit autre chose à cet endroit. Gardez ce dossier et avertissez l'autorité et les partenaires : c'est une pièce à conviction.

## La fédération sur une carte
world-title = Fédération
world-text = Les pays avec lesquels ce registre coopère : l'état de leurs nœuds vu d'ici, et ce qui est passé de l'un à l'autre.
world-about = { $count ->
    [one] Carte de { $shown } pays ; les listes ci-dessous disent la même chose en mots
   *[other] Carte de { $shown } pays ; les listes ci-dessous disent la même chose en mots
}
map-own = le pays de ce registre
map-silent = injoignable, gelé ou plus partenaire
map-bad = mis en cause, ou enfreint une règle
map-other = partenaire d'un partenaire
routes-title = Ce qui est passé d'un pays à l'autre, en mots
routes-none = Rien n'est encore passé d'un pays à l'autre.
routes-from = De
routes-to = Vers
renewed = État au { $time }.
renew = Actualiser cette page

## Transparence
transparency-title = Transparence
transparency-text = Qui surveille ce registre, et ce qu'ils voient. Un registre qui montre deux histoires est démasqué par ses témoins.
alarm-none = Aucune alarme
alarm-none-text = Le journal est attesté, et aucun témoin ne s'est plaint.
alarm-not-ready = Le registre n'est pas prêt
alarm-witness = Le témoin { $name } n'a pas cosigné
alarm-accused = Le registre de { $name } est mis en cause
alarm-disputed = Ce registre et celui de { $name } ne s’accordent pas sur des unités
head-title = Tête du journal
head-entries = Entrées
head-last = Dernière entrée
head-root = Racine
head-witnessed = Attesté
head-all = toutes les entrées
head-behind = { $count ->
    [one] encore { $shown } entrée
   *[other] encore { $shown } entrées
}
head-nothing = rien encore
head-log = Journal
head-key = Clé du journal
witnesses-title = Témoins
witnesses-text = Ils comparent chaque tête à ce qu'ils ont vu avant, et ne cosignent que ce qui la prolonge.
witnesses-none = Aucun n'est configuré : rien ne peut quitter ce registre.
witness-current = à jour
witness-behind = en retard
witness-fault = a refusé
partners-title = Partenaires
partners-text = Les nœuds des pays partenaires, tels que ce nœud les atteint. Chacun contrôle ce journal lui-même avant de croire un transfert.
partners-none = Aucun n'est inscrit.
partner-connected = connecté
partner-unreachable = non connecté
open-title = Transferts ouverts
open-outgoing = { $count ->
    [one] { $shown } transfert attend sa destination.
   *[other] { $shown } transferts attendent leur destination.
}
open-incoming = { $count ->
    [one] { $shown } réponse attend son origine.
   *[other] { $shown } réponses attendent leur origine.
}
watch-title = Surveillez-le vous-même
watch-text = Le journal est publié dans les formats de C2SP, si bien que les outils d'autrui peuvent le suivre.

## Entrées du journal
entries-title = Entrées du journal
entries-text = Tout ce qui s'est jamais passé dans ce registre, dans l'ordre. Une entrée ne change jamais et ne disparaît jamais.
entries-caption = Entrées, la plus récente d'abord
entries-older = Entrées plus anciennes
entry-title = Entrée { $entry }
entry-request = Demande
entry-holds = Cette entrée est prouvée
entry-holds-text = Chaque empreinte ci-dessous mène à la tête signée de { $size } entrées de { $origin }.
entry-broken = Cette preuve ne tient pas
entry-waits = Pas encore attestée
entry-waits-text = L'entrée est dans le journal, mais aucun quorum de témoins n'a cosigné une tête qui la couvre. Rechargez cette page dans un instant.
entry-credential = Télécharger l'attestation vérifiable (W3C)
entry-download = Télécharger le dossier de preuve
entry-check = Vérifier un dossier
entry-leaf = Ce que dit l'entrée
entry-leaf-text = L'enregistrement, { $bytes } octets dans son seul encodage possible.
entry-leaf-show = Montrer l'enregistrement
entry-hash = Son empreinte
entry-hash-text = SHA-256 d'un octet nul et des octets de l'enregistrement (RFC 6962).
entry-ladder = L'échelle des empreintes
entry-ladder-text = { $count ->
    [one] { $shown } empreinte voisine mène de l'entrée jusqu'à la racine.
   *[other] { $shown } empreintes voisines mènent de l'entrée jusqu'à la racine.
}
entry-ladder-show = Montrer chaque pas
entry-left = avec, à gauche,
entry-right = avec, à droite,
entry-root = La racine
entry-root-equal = L'échelle aboutit à la racine signée.
entry-root-other = L'échelle n'aboutit pas à la racine signée.
entry-checkpoint = Le point de contrôle
entry-checkpoint-text = La racine et le nombre d'entrées, tels que le journal les a signés.
entry-checkpoint-show = Montrer le point de contrôle
entry-signatures = Les signatures
entry-signer = Signataire
entry-role = Rôle
entry-key = Clé
entry-role-log = le journal
entry-role-witness = témoin
entry-role-unknown = inconnu ici
entry-yourself = Vérifiez vous-même
entry-yourself-text = Enregistrez le dossier de preuve et vérifiez-le sur votre propre ordinateur, sans réseau.

record-genesis = Début du registre
record-organisation = Organisation
record-account = Compte ouvert
record-project = Projet enregistré
record-issuance = Unités délivrées
record-split = Plage séparée
record-hold = Blocage
record-transfer = Déplacé entre comptes
record-lock = Verrouillé pour un transfert à l'étranger
record-ask-cancel = Annulation demandée
record-acquire = Acquis de l'étranger
record-refuse = Transfert refusé
record-finalise = Transfert définitif
record-release = Unités libérées
record-source-settled = Fin d'un transfert notée
record-retire = Unités retirées
record-block-header = Fin d'un bloc
record-key-rotation = Nouvelle clé du journal
record-partner = Pays partenaire
record-agreement = Accord
record-process-part = Partie d'un fichier de processus
record-process-adopted = Processus adopté
record-case-opened = Dossier ouvert
record-case-act = Étape d'un dossier
record-case-migrated = Dossier passé à un processus plus récent
record-hold-placed = Blocage par l'autorité
record-hold-lifted = Blocage levé par l'autorité
record-finding-opened = Constat ouvert
record-finding-answered = Réponse au constat
record-finding-closed = Constat clos
record-letter-issued = Lettre émise
record-trusted-receiver = Destinataire de confiance
record-ledger-accused = Preuve contre le registre d’un partenaire
record-ledger-cleared = Registre d’un partenaire rétabli
record-positions-compared = Registre comparé à celui d’un partenaire
record-freeze-honoured = Ordre de gel d’un partenaire appliqué
record-freeze-ended = Ordre de gel d’un partenaire terminé
record-cooperative-approach = Démarche concertée
record-initial-report = Rapport initial
record-ndc = Contribution (CDN)
record-emissions-level = Niveau d'émissions
record-authorised-entity = Entité autorisée
record-authorisation = Autorisation
record-authorisation-revoked = Autorisation révoquée
record-units-authorised = Unités autorisées
record-use-notified = Usage à l'étranger notifié

## Domaines sectoriels du MDP
scope-1 = Industries énergétiques
scope-2 = Distribution d'énergie
scope-3 = Demande d'énergie
scope-4 = Industries manufacturières
scope-5 = Industries chimiques
scope-6 = Construction
scope-7 = Transports
scope-8 = Mines et production minérale
scope-9 = Production de métaux
scope-10 = Émissions fugitives des combustibles
scope-11 = Émissions fugitives d'hydrocarbures halogénés et de SF₆
scope-12 = Utilisation de solvants
scope-13 = Traitement et élimination des déchets
scope-14 = Boisement et reboisement
scope-15 = Agriculture
scope-16 = Captage et stockage du carbone

## Aide
guidance-title = Aide
guidance-text = De courtes réponses pour qui lit ce registre la première fois.
guide-register = Comment enregistrer un projet
guide-register-1 = Votre organisation s'enregistre d'abord. L'autorité l'examine et l'admet ; ensuite ses membres se connectent.
guide-register-2 = Vous déposez le projet avec son document de conception. Un certificateur le valide, et l'autorité décide.
guide-register-3 = Après chaque période de suivi vous déposez un rapport. Un certificateur le vérifie, et l'autorité délivre les unités sur votre compte.
guide-register-4 = Chaque étape, et à qui c'est le tour, figure sur la page du projet. Les étapes de ce pays sont des données : l'API donne le fichier entier du processus.
guide-serial = Comment lire un numéro de série
guide-serial-1 = Un numéro comme VU-ITMO-11-356-2022-0-27-35 nomme une plage d'unités, chacune d'une tonne d'équivalent CO₂.
guide-serial-2 = Ses parties sont le pays, le genre d'unité, le domaine sectoriel, le numéro du projet, l'année de l'atténuation, un nombre réservé, la première et la dernière unité.
guide-serial-3 = Le numéro d'une unité ne change jamais. Quand une plage est séparée, les deux parties gardent leurs numéros, si bien que chaque unité peut être suivie depuis sa délivrance.
guide-serial-4 = Après son premier transfert vers un autre pays, une unité a aussi un identifiant ITMO, qui nomme la démarche concertée et le pays du premier transfert.
guide-proof = Ce que prouve une preuve
guide-proof-1 = Tout ce qui se passe ici devient une entrée d'un journal qui ne peut que grandir. Chaque tête du journal est signée.
guide-proof-2 = Des témoins indépendants comparent chaque tête à la précédente et la cosignent. Si le registre montrait un jour deux journaux différents, des témoins honnêtes ne signeraient pas les deux.
guide-proof-3 = Un dossier de preuve contient une entrée, les empreintes qui mènent d'elle à une tête signée, et les signatures. Qui l'a n'a besoin ni de réseau ni de faire confiance à ce site.
guide-proof-4 = Une preuve dit ce qui était vrai à sa tête. Si des unités ont bougé plus tard, seul un regard plus récent dans le registre le dit.
guide-transfer = Comment les unités passent une frontière
guide-transfer-1 = L'origine verrouille les unités et prouve le verrou. La destination contrôle cette preuve elle-même et répond avec la sienne : acquis, ou refusé.
guide-transfer-2 = Seule cette réponse met fin au verrou : acquis rend le transfert définitif, refusé libère les unités. Le silence ne fait ni l'un ni l'autre, si bien qu'aucune unité n'est jamais dans deux pays.
guide-transfer-3 = La page d'un transfert montre les deux côtés, chaque étape avec son entrée, et qui doit agir ensuite.
guide-words = Glossaire
guide-words-1 = ITMO : résultat d'atténuation transféré au niveau international, une unité qui compte selon l'article 6.2 de l'Accord de Paris.
guide-words-2 = CDN : contribution déterminée au niveau national, ce qu'un pays a promis de faire pour le climat.
guide-words-3 = Ajustement correspondant : ce qu'un pays ajoute à son bilan d'émissions parce qu'un autre compte l'atténuation.
guide-words-4 = Démarche concertée : ce que deux pays ou plus ont convenu pour les ITMO. AEF : le format électronique convenu de leur rapport annuel.
guide-words-5 = Millésime : l'année où l'atténuation a eu lieu.
guide-words-6 = Retrait : l'utilisation ou l'annulation d'une unité. Elle y finit pour toujours.
guide-access = Accessibilité
guide-access-1 = Ces pages visent les WCAG 2.2, niveau AA. Elles fonctionnent au clavier et avec un lecteur d'écran, à 400 % d'agrandissement, sans scripts, sur de vieux téléphones et des liaisons lentes.
guide-access-2 = Chaque graphique et chaque carte a un tableau qui dit la même chose.
guide-access-3 = Si quelque chose vous fait obstacle, dites-le à l'autorité qui tient ce registre.
guide-privacy = Vie privée
guide-privacy-1 = Ces pages ne déposent aucun cookie, ne comptent aucun visiteur et ne chargent rien d'autres serveurs.
guide-privacy-2 = Le journal ne contient aucun nom de personne. Il contient des empreintes avec des nombres secrets ; quand une personne est effacée, les nombres disparaissent, et nul ne peut plus relier l'empreinte.
guide-privacy-3 = Le bénéficiaire d'un retrait n'est nommé ici que s'il y a consenti.

## Systems around the registry
badges-title = Autres systèmes :
bridge-name-cad-trust = CAD Trust
bridge-name-mrv = Système MRV national
bridge-name-itmo-platform = Plateforme ITMO du PNUD
badge-agrees = concorde
badge-absent = absent
badge-due = en cours
badge-stopped = il manque quelque chose ici
badge-differs = diffère
badge-dead = refusé là-bas

# ---- notices, letters, partners' ledgers
notices-title = Avis d'utilisations à l'étranger
notices-text = Ce que d'autres registres ont communiqué à ce pays sur des unités parties avant leur premier transfert, tel que cela a été inscrit.
notice-title = Avis venant de : { $party }
notice-day = Jour de l'utilisation
notice-party = Où
notice-reference = Où trouver l'avis
notice-recorded = Inscrit
notice-text = Ce qui s'y est passé est le premier transfert de ces unités.
recorded-letters-title = Lettres
recorded-letters-text = Chaque lettre délivrée par ce registre est inscrite dans son journal par le SHA-256 de son fichier. Le contenu d'une lettre est réservé à ses destinataires.
letter-language = Langue
letter-case = Dossier
letter-text = Qui détient le fichier peut comparer son SHA-256 à celui-ci.
mirrored-title = Grand livre : { $country }
mirrored-text = Voici les entrées du grand livre de l'autre pays, telles que ce registre les garde et les contrôle.
mirrored-origin = Journal
mirrored-refused = L'entrée { $entry } enfreint une règle. Elle et les suivantes ne sont pas crues ici.
mirrored-unreadable = Une entrée que cette version ne sait pas lire
