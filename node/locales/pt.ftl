# As palavras das páginas em português. Cada língua tem as mesmas chaves: um teste verifica-o.

## Em toda a parte
site-title = { $country }: registo de carbono
skip = Ir para o conteúdo principal
languages = Línguas
navigation = Partes do registo
menu = Menu
all-pages = Todas as páginas
foot-promise = Tudo o que estas páginas mostram pode ser verificado no diário público. Não é preciso conta, não é guardado nenhum cookie antes de entrar e nada é carregado de outros servidores.
sandbox-title = Ambiente de testes.
sandbox-text = Nada aqui conta: países, pessoas e unidades são inventados. O relógio marca { $time }.
foot-version = Countersign { $version }
as-of = Estado na entrada { $entry } do diário.
as-of-verify = Verificar
same-title = O mesmo pela API e pela linha de comandos
same-text = Cada página mostra também como um programa obtém estes dados.
same-docs = Documentação da API
none = nenhum
never = nunca
all = tudo
from = de { $name }
to = para { $name }
since = desde { $day }
period = de { $first } a { $last }
share = { $parts } de { $all } partes
percent = { $percent } %
account = conta { $account }
vintage = safra { $year }
tonnes = { $tonnes } t CO₂e
unit-tonnes = toneladas CO₂e
witnessed = testemunhado
witnessed-not = ainda não testemunhado
in-force = em vigor
revoked = revogada
milliseconds = { $ms } ms
proof-of-entry = prova: entrada { $entry }
project-number = Projeto { $number }
case-number = Processo { $number }
sdg = Objetivo { $goal }
all-as-csv = Todas as linhas em CSV
list-empty = Não há nada para mostrar aqui.
pager = Páginas da lista
pager-first = Voltar à primeira página
pager-next = Página seguinte

nav-projects = Projetos
nav-map = Mapa
nav-units = Unidades
nav-retirements = Retiradas
nav-organisations = Organizações
nav-transfers = Transferências
nav-cooperation = Cooperação
nav-accounting = Conta artigo 6
nav-statistics = Estatísticas
nav-verify = Verificar
nav-transparency = Transparência
nav-federation = Federação
nav-entries = Entradas do diário
nav-notices = Avisos de uso
nav-letters = Cartas
nav-guidance = Ajuda
nav-data = Dados abertos
nav-api = Documentação da API
menu-registry = Registo
menu-article6 = Artigo 6
menu-proof = Prova
menu-use = Usar

## Números e datas
month-1 = janeiro
month-2 = fevereiro
month-3 = março
month-4 = abril
month-5 = maio
month-6 = junho
month-7 = julho
month-8 = agosto
month-9 = setembro
month-10 = outubro
month-11 = novembro
month-12 = dezembro
date-long = { $day } de { $month } de { $year }
date-time = { $date }, { $time } UTC
ago-seconds = { $count ->
    [one] há { $shown } segundo
   *[other] há { $shown } segundos
}
ago-minutes = { $count ->
    [one] há { $shown } minuto
   *[other] há { $shown } minutos
}
ago-hours = { $count ->
    [one] há { $shown } hora
   *[other] há { $shown } horas
}
ago-days = { $count ->
    [one] há { $shown } dia
   *[other] há { $shown } dias
}
size-bytes = { $size } bytes
size-kilobytes = { $size } kB
size-megabytes = { $size } MB

## O que não correu bem
error-not-found = Esta página não existe
error-not-found-text = Verifique o endereço, ou procure o número de série, o projeto ou a transferência.
error-malformed = Este endereço não pode ser lido
error-malformed-text = Uma parte do endereço ou do formulário não é o que deve ser.
error-method = Esta página não aceita tal pedido
error-method-text = Abra a página de novo a partir de uma ligação.
error-too-many = Demasiados pedidos
error-too-many-text = Vieram muitos pedidos da sua rede em pouco tempo. Espere um momento e carregue a página de novo.
error-busy = O registo está ocupado
error-busy-text = Não pode responder neste momento. Nada se perdeu: carregue a página de novo em breve.
error-failed = O registo não conseguiu responder
error-failed-text = É uma falha do registo, anotada no seu diário. Indique à autoridade o número abaixo.
error-home = Para a primeira página
error-search = Procurar
error-id = Número do pedido:

## Primeira página
home-title = Cada tonelada, onde está, e a prova
home-lede = O registo público de carbono: projetos, unidades, transferências entre países e retiradas. Qualquer pessoa o pode consultar, e qualquer pessoa o pode verificar.
home-figures = O registo em números
home-unwitnessed = ainda não visto por testemunhas
home-news = As últimas novidades
home-news-caption = Entradas mais recentes do diário
home-all-entries = Todas as entradas do diário
home-start = Por onde começar
home-start-register = Registar um projeto
home-start-serial = Ler um número de série
home-start-verify = Verificar uma prova
home-start-data = Obter os dados
figure-authorised = Autorizado
figure-authorised-more = As autorizações e o seu uso
figure-issued = Emitido
figure-projects = { $count ->
    [one] { $shown } projeto registado
   *[other] { $shown } projetos registados
}
figure-transferred = Primeira transferência
figure-transferred-more = Transferências entre países
figure-retired = Retirado
figure-retired-more = Unidades usadas e canceladas

## Procura
search-title = Procura
search-label = Projeto, número de série, identificador ITMO, transferência ou organização
search-short = Procurar
search-button = Procurar
search-hint = Um nome, um número, uma série como GH-27-35, um identificador ITMO, uma transferência ou o SHA-256 de uma carta.
search-numbers = Com este número
search-units = Unidades
search-projects = Projetos
search-organisations = Organizações
search-transfers = Transferências entre países
search-cases = Processos
search-letter = É a impressão digital de uma carta deste registo
search-nothing = Nada foi encontrado
search-nothing-text = Nada aqui se chama «{ $q }». Tente com menos caracteres, ou com o número de série sem o fim.

## Colunas e filtros
column-entry = Entrada
column-what = O quê
column-about = Objeto
column-when = Quando
column-open = abrir
column-number = Número
column-title = Título
column-name = Nome
column-scope = Âmbito setorial
column-organisation = Organização
column-standing = Situação
column-serial = Número de série
column-tonnes = Toneladas
column-place = Onde
column-since = Desde a entrada
column-vintage = Safra
column-year = Ano
column-purpose = Finalidade
column-beneficiary = Beneficiário
column-by = Por
column-project = Projeto
column-stage = Etapa
column-transfer = Transferência
column-route = De → para
column-state = Estado
column-role = Função
column-authorisation = Autorização
column-uses = Usos autorizados
column-used = Usado
column-identification = Identificação
column-country = País
column-approach = Abordagem
column-witness = Testemunha
column-cosigned = Coassinou
column-last = Última vez
column-peer = Nó
filter-words = Com estes caracteres
filter-scope = Âmbito setorial
filter-standing = Situação
filter-sort = Ordem
filter-kind = Género
filter-purpose = Finalidade
filter-direction = Sentido
filter-apply = Mostrar
sort-number = por número
sort-title = por título
sort-newest = a alteração mais recente primeiro
standing-pending = pendente
standing-active = ativo
standing-suspended = suspenso
standing-closed = encerrado

## Projetos
projects-title = Projetos
projects-text = Todos os projetos registados aqui, com o seu proprietário e a sua situação.
project-unpublished = descrição ainda não pública
project-facts = Dados
project-owners = Proprietários
project-certifier = Certificador
project-crediting = Períodos de creditação
project-sector = Setor
project-methodology = Metodologia
project-start = Início
project-estimate = Estimativa por ano
project-places = Lugares
project-elsewhere = Noutros registos
project-sdg = Objetivos de Desenvolvimento Sustentável
project-units = Unidades
project-no-units = Até agora não foi emitida nenhuma unidade.
project-totals = O que foi feito das unidades, em toneladas por safra
project-ranges = Os intervalos de unidades e onde estão
project-ranges-all = Todos os intervalos, página por página
project-cases = Monitorização e pedidos
project-documents = Documentos
project-no-documents = Nenhum documento está aberto ao público.
project-road = Roteiro
project-map = Onde fica
project-history = História
total-held = Aqui
total-abroad = No estrangeiro
total-used = Usado
total-cancelled = Cancelado
road-done = feito
road-now = em curso
road-failed = terminou aqui
road-ahead = por vir
waits-for = { $step }: esperado de { $by }
act-opened = Aberto
act-yes = sim
act-no = não
act-migrated = Passado a um procedimento mais novo
act-finding-opened = Constatação aberta
act-finding-answered = Constatação respondida
act-finding-closed = Constatação encerrada

## Mapa
map-title = Mapa dos projetos
map-text = Projetos publicados com lugar. Cada ponto é um lugar que um projeto indicou.
map-about = { $count ->
    [one] Mapa com { $shown } lugar; a tabela abaixo diz o mesmo por palavras
   *[other] Mapa com { $shown } lugares; a tabela abaixo diz o mesmo por palavras
}
map-source = Contornos dos países: Natural Earth (domínio público). Não implicam qualquer opinião sobre o estatuto jurídico de um território nem sobre as suas fronteiras.
map-empty = Nenhum projeto publicado indicou um lugar no mapa.
map-list = Os lugares numa lista
map-positions = Latitude, longitude
map-without = { $count ->
    [one] { $shown } projeto não está no mapa: não tem lá lugar, ou não está publicado.
   *[other] { $shown } projetos não estão no mapa: não têm lá lugar, ou não estão publicados.
}
map-all = Todos os projetos numa lista

## Unidades
units-title = Unidades
units-text = Uma unidade é uma tonelada com um número que nunca muda. Escreva qualquer um dos seus nomes para ver onde está e tudo o que lhe aconteceu.
units-serial = Número de série, intervalo ou identificador ITMO
units-hint = Por exemplo
units-show = Mostrar as unidades
units-learn = Primeira visita?
units-where = Onde estão agora estas unidades
units-more = Os intervalos seguintes
units-first-of-many = Os primeiros { $count } intervalos, { $tonnes }
units-of-first = O número de série e os dados que o seguem são os do primeiro intervalo, { $range }. A origem de cada intervalo é indicada na sua própria página.
units-pieces = O número de série, peça por peça
units-itmo = Identificador ITMO
units-project = Projeto
units-foreign-project = Projeto { $number } ({ $country })
units-issued-at = Emitido
units-foreign-entry = Entrada { $entry } do diário ({ $country })
units-authorisation = Autorização
units-first-transfer = Primeira transferência
units-first-transfer-by = por: { $country }, segundo { $approach }
units-not-transferred = sem primeira transferência
units-tree = Separado de
units-tree-text = Da emissão até estas unidades: cada intervalo foi separado do de cima.
units-beside = ao lado de
units-custody = Cadeia de custódia
units-events-more = Todos os acontecimentos, página por página
piece-party = emitido por: { $country }
piece-type = género de unidade
piece-scope = âmbito setorial: { $scope }
piece-project = número do projeto
piece-vintage = ano da mitigação
piece-reserved = reservado, 0
piece-first = primeira unidade
piece-last = última unidade
piece-approach = abordagem cooperativa
piece-registry = registo
piece-first-transferring = primeira transferência por: { $country }
piece-numbers = números das unidades
place-available = na conta { $account }
place-on-hold = retido na conta { $account }
place-reserved = posto de lado na conta { $account }
place-escrow = bloqueado para uma transferência, da conta { $account }
place-abroad = no estrangeiro: { $country }
place-used = usado
place-cancelled = cancelado
event-issuance = Emitido
event-split = Separado
event-hold = Retido
event-lift = Retenção levantada
event-reserve = Posto de lado para um pedido
event-free = Libertado
event-transfer = Movido entre contas
event-lock = Bloqueado para uma transferência ao estrangeiro
event-release = Libertado: a transferência foi recusada
event-finalise = Transferido para o estrangeiro
event-acquire = Adquirido do estrangeiro
event-retire = Usado
event-cancel = Cancelado
event-hold-placed = Retenção pela autoridade
event-hold-lifted = Retenção levantada pela autoridade

## Retiradas
retirements-title = Retiradas
retirements-text = Unidades usadas ou canceladas. Nunca mais se movem.
retirement-title = Retirada { $entry }
retirement-headline = { $tonnes } retiradas
retirement-open = a retirada
retirement-for-ever = Estas unidades foram retiradas para sempre. Ninguém as pode usar uma segunda vez, nem aqui nem noutro país.
retirement-certificate = Certificado
retirement-reason = Motivo
retirement-jurisdiction = Usado em
retirement-units = Unidades
retirement-commitment = Beneficiário selado
retirement-commitment-text = O diário contém só esta impressão digital do nome e de um número secreto. Quem tem ambos pode mostrar que lhe correspondem.
beneficiary-private = não público
certificate-title = Certificado de retirada
certificate-text = O registo { $registry } certifica que as unidades abaixo foram retiradas e não podem voltar a ser usadas.
certificate-back = Voltar à retirada
certificate-proof = Prova
certificate-proof-text = Esta retirada é a entrada { $entry } do diário público. Abra o endereço, ou leia o código, para ver se o diário ainda o diz.
certificate-qr = Código QR com o endereço desta retirada
certificate-file = Certificado em PDF/A com a sua prova
certificate-print = Para o guardar, imprima esta página ou grave-a como PDF. O pacote de prova, na página da retirada, verifica-se sem rede.
retired-retire = Usado
retired-cancel = Cancelado
purpose-ndc = para uma NDC
purpose-international-mitigation = fins de mitigação internacionais
purpose-other-purposes = outros fins
purpose-overall-mitigation = mitigação global das emissões mundiais
purpose-voluntary = voluntário

## Transferências
transfers-title = Transferências entre países
transfers-text = Uma transferência está em cada momento num só país. Ambos os diários o provam.
direction-out = de saída
direction-in = de entrada
state-locked = bloqueada
state-final = definitiva
state-released = libertada
state-acquired = adquirida
state-refused = recusada
transfer-open = a transferência
transfer-where = Onde estão agora as unidades
transfer-lanes = Passo a passo, nos dois países
transfer-facts = Dados
transfer-agreement = Acordo
transfer-expiry = A recusar depois de
transfer-proof = Ver a prova
transfer-elsewhere = Provado pela entrada { $entry } de { $origin }
transfer-account = Conta { $account }
transfer-clock = segundo o relógio deste país: { $country }
transfer-now-locked-unwitnessed = As unidades ainda estão aqui. Estão bloqueadas e não podem ser usadas.
transfer-next-locked-unwitnessed = A seguir: as testemunhas deste diário têm de coassinar o bloqueio. Nada sai antes disso.
transfer-now-locked = As unidades ainda estão aqui. Estão bloqueadas e não podem ser usadas.
transfer-next-locked = A seguir, resposta com prova esperada de: { $country }. Sem ela, as unidades ficam bloqueadas: só uma recusa provada as liberta.
transfer-now-final = As unidades estão no destino: { $country }.
transfer-next-final = Não há mais nada a fazer.
transfer-now-released = As unidades estão de novo aqui, e livres.
transfer-next-released = Recusa provada de: { $country }. Não há mais nada a fazer.
transfer-now-acquired = As unidades estão aqui.
transfer-next-acquired = O fim será anotado no diário da origem: { $country }.
transfer-now-refused = As unidades ficaram na origem: { $country }.
transfer-next-refused = Este registo recusou para sempre. Com essa prova, a origem liberta as unidades: { $country }.
lane-source = De: { $country }
lane-destination = Para: { $country }
step-lock = Bloqueado na origem
step-witnessed = Coassinado pelas testemunhas
step-cancel-asked = Cancelamento pedido
step-answer = Resposta do destino
step-acquire = Adquirido
step-refuse = Recusado
step-finalise = Definitivo na origem
step-release = Libertado na origem
step-settled = Fim na origem anotado

## Organizações
organisations-title = Organizações
organisations-text = Promotores de projetos, certificadores e autoridades deste registo.
organisation-kind-government = Autoridade
organisation-kind-developer = Promotor
organisation-kind-certifier = Certificador
organisation-kind-other = Outra
organisation-projects = Projetos
organisation-no-projects = Não tem nenhum projeto registado.
organisation-all-projects = Todos os seus projetos
organisation-retirements = As suas retiradas

## Cooperação
cooperation-title = Cooperação segundo o artigo 6
cooperation-text = Com quem este país coopera, o que autorizou, e quanto disso é usado.
approaches-title = Abordagens cooperativas
approaches-none = Até agora não consta nenhuma abordagem cooperativa.
approach-report = relatório inicial apresentado
approach-no-report = ainda sem relatório inicial
approach-parties = Partes
approach-definition = Primeira transferência para outros fins
approach-initial-report = Relatório inicial
definition-authorisation = a autorização
definition-issuance = a emissão
definition-use-or-cancellation = o uso ou o cancelamento
definition-first-international-transfer = a primeira transferência internacional
authorisations-title = Autorizações
authorisations-text = Cada barra mostra quanto da quantidade autorizada teve a sua primeira transferência ou está a caminho.
authorisations-none = Até agora não consta nenhuma autorização.
authorisation-date = Data
authorisation-issue-until = Emissão até
authorisation-use-until = Uso até
authorisation-acquirers = Podem adquirir e usar
authorisation-any-party = qualquer Parte da abordagem
authorisation-framework = Regras e metodologias
authorisation-changes = Alterações
authorisation-terms = Condições
entities-title = Entidades autorizadas
entities-none = Até agora não foi autorizada nenhuma entidade.
gauge = { $used } de { $all }
gauge-unlimited = { $used }, sem limite
records-title = Entradas
records-caption = Entradas do diário sobre isto, a mais antiga primeiro
uses-ndc = para uma NDC
uses-oimp = outros fins de mitigação internacionais
uses-imp = fins de mitigação internacionais
uses-op = outros fins
uses-ndc-and-oimp = NDC e outros fins de mitigação internacionais
uses-ndc-and-imp = NDC e fins de mitigação internacionais
uses-ndc-and-op = NDC e outros fins

## Conta artigo 6
accounting-title = Conta artigo 6
accounting-text = As contribuições do país, onde estão as suas unidades, e tudo o que foi feito com elas segundo o artigo 6.
ndc-none = Até agora não consta nenhuma contribuição (NDC).
ndc-title = NDC { $first }–{ $last }
ndc-method = Método de ajuste
ndc-reference = Nível de referência { $year }, t CO₂e
ndc-target = Meta { $year }, t CO₂e
ndc-trajectory = Trajetória
ndc-levels = Emissões abrangidas
method-trajectory = trajetória plurianual indicativa
method-averaging = média
method-multi-year = trajetória plurianual
ndc-adjusted = Com os ajustamentos correspondentes
reports-title = Relatórios anuais (formato eletrónico acordado)
reports-text = O que o país fixou como versão de um ano. Uma versão nunca muda: compare o SHA-256 do seu JSON.
reports-none = O país ainda não fixou nenhum relatório anual. O que se fez com as unidades está mais abaixo, entrada a entrada.
report-title = Relatório anual { $year }, versão { $version }
report-text = O relatório no formato eletrónico acordado, tal como o país o fixou. Cada linha decorre do diário público.
report-version = Versão
report-frozen = Fixado
report-from = Entradas do diário de que decorre
report-size = Tamanho
report-sha256 = SHA-256 do JSON
report-tables = O que contém
report-table = Quadro
regular-title = Informação regular
regular-text = O resumo estruturado de cada NDC com as quantidades que o compõem, calculado a partir do diário tal como está agora. Não é uma comunicação oficial.
regular-none = Não há nenhuma sem uma NDC.
positions-title = Onde estão as unidades
positions-text = Unidades por abordagem, finalidade da conta e safra. Nenhum titular é nomeado.
positions-itmos = Primeira transferência
positions-authorised = Autorizado
holds-party-holding = contas da Parte
holds-entity-holding = contas de entidades
holds-buffer = reserva
holds-share-of-proceeds = parte das receitas
holds-use-towards-ndc = usado para a NDC
holds-international-mitigation = fins de mitigação internacionais
holds-other-purposes = outros fins
holds-overall-mitigation = mitigação global
holds-other-cancellation = cancelado de outro modo
actions-title = Operações
actions-text = O que foi feito com as unidades, na ordem do diário.
action-authorised = Autorizado
action-first-transferred = Primeira transferência
action-transferred = Transferido
action-acquired = Adquirido
action-used-towards-ndc = Usado para a NDC
action-ended = Usado ou cancelado
action-partners-first-transfer = Primeira transferência de unidades de um parceiro

## Estatísticas
statistics-title = Estatísticas
statistics-text = O registo em gráficos. Cada um tem a sua tabela e o seu ficheiro.
statistics-size = Contado sobre as primeiras { $entries } entradas do diário.
chart-empty = Ainda não há nada para contar.
chart-table = A tabela por trás deste gráfico
chart-csv = CSV: { $chart }
chart-svg = Imagem: { $chart }
chart-by-year = O que aconteceu, por ano
chart-by-year-text = Toneladas emitidas, transferidas, adquiridas e retiradas em cada ano civil.
chart-by-vintage = As safras, e onde estão as suas unidades
chart-by-vintage-text = Toneladas por ano da mitigação. Uma unidade está num só lugar.
chart-by-scope = Os setores, e onde estão as suas unidades
chart-by-scope-text = Toneladas emitidas por este país, por âmbito setorial.
chart-projects = Projetos registados por setor
chart-projects-text = Quantos projetos tem cada âmbito setorial.
chart-by-partner = Países parceiros
chart-by-partner-text = Toneladas que foram para um parceiro, que vieram dele e que estão a caminho.
chart-end-states = Da autorização ao estado das unidades
chart-end-states-text = Toneladas que este país emitiu, conforme estejam ou não autorizadas ao abrigo do artigo 6.º, e o que foi feito delas. Cada faixa é tão larga como as suas toneladas.
chart-end-countries = Da autorização ao país de destino
chart-end-countries-text = As mesmas toneladas, as que estão no estrangeiro pelo país que agora as detém.
ends-at-home = neste país
ends-other-countries = outros países
chart-by-region = Projetos por região
chart-by-region-text = Projetos publicados, pelas regiões que indicam. Um projeto em várias regiões conta em cada uma.
chart-agreements = Acordos, e quanto de cada um está usado
chart-agreements-text = Toneladas movidas ao abrigo de cada acordo, em cada sentido: no total e no ano. A barra fica cheia quando se atinge o limite.
chart-between = Entre países
chart-between-text = Toneladas que foram de um país (linha) para outro (coluna), segundo este diário e os dos parceiros que aqui se guardam.
chart-stages = Tempos de tramitação
chart-stages-text = Dias desde que um processo entrou numa etapa até que saiu dela: a barra escura é a mediana, a clara o que nove em cada dez não excederam.
chart-from = De
stage-time-median = Mediana, dias
stage-time-p90 = Nove em cada dez, dias
stage-time-times = Processos
ends-authorised = Autorizadas
ends-not-authorised = Não autorizadas
column-region = Região
column-agreement = Acordo
agreement-used = Usado
agreement-limit = Limite
agreement-in-all = no total
at-available = em contas
at-on-hold = retido
at-escrow = bloqueado
at-abroad = no estrangeiro
at-used = usado
at-cancelled = cancelado
partner-out = para o parceiro
partner-in = do parceiro
partner-open = a caminho

## Dados abertos
data-title = Dados abertos
data-text = Tudo o que é público, em ficheiros, sem conta e sem custos.
data-files = Ficheiros
data-file = Ficheiro
data-about = O que contém
data-about-projects = Projetos registados
data-about-organisations = Organizações
data-about-retirements = Intervalos de unidades usados e cancelados
data-about-transfers = Transferências entre países
data-about-actions = O que foi feito com as unidades segundo o artigo 6
data-about-use-notices = Avisos de usos no estrangeiro
data-about-letters = Cartas emitidas
data-about-history = Tudo o que aconteceu aos intervalos de unidades
data-about-units = Intervalos de unidades no seu estado atual
data-about-statistics = Somas por ano, safra, setor e parceiro
data-about-places = Onde ficam os projetos publicados
data-about-datapackage = Descrição de cada coluna (Data Package)
data-about-sha256sums = Resumos criptográficos de todos os ficheiros
data-nightly = Ficheiros da noite
data-nightly-text = Tudo decorre das primeiras { $entry } entradas do diário; feito em { $time }. Parquet e JSON Lines têm cada texto tal como é.
data-root = Raiz do diário nesse ponto
data-rows = Linhas
data-check = Para verificar o que foi descarregado:
data-programs = Para programas
data-programs-text = A API dá o mesmo e mais, com nomes estáveis, e diz o que mudou.
data-events = cada acontecimento, em ordem e sem falhas
data-tiles = o próprio diário (C2SP tlog-tiles), que qualquer servidor web pode copiar
data-terms = Condições
data-terms-text = Os dados deste registo podem ser usados, copiados e publicados. Nomeie o registo e a entrada do diário de onde vem um número.

## Verificar
verify-title = Verificar uma prova
verify-text = Cole um pacote de prova. O registo verifica cada impressão digital e cada assinatura, e diz por palavras simples o que ele prova.
verify-paste = Pacote de prova
verify-hint = Um texto que começa por c2sp.org/tlog-proof@v1. Cada página de uma entrada, de uma retirada ou de uma transferência o oferece.
verify-button = Verificar
verify-says = Prova
verify-stands = Consta como
verify-entry-of = entrada { $entry } de { $origin }
verify-under = Sob
verify-under-text = a cabeça assinada de { $size } entradas
verify-witnesses = Testemunhado por
verify-later = O que aconteceu desde então
verify-offline = Sem confiar nesta página
verify-offline-text = A mesma verificação faz-se no seu próprio computador, sem rede. Precisa do programa e de um ficheiro que diga em quem confia.
verdict-valid = Válido
verdict-valid-text = O diário contém esta entrada. Nada aconteceu às suas unidades desde então, tanto quanto este registo sabe.
verdict-moved = Válido, mas movido depois
verdict-moved-text = O diário contém esta entrada, mas as suas unidades foram movidas, usadas ou bloqueadas mais tarde. Veja abaixo.
verdict-elsewhere = Válido; atualidade desconhecida
verdict-elsewhere-text = O diário de um parceiro contém esta entrada. Se algo aconteceu às suas unidades desde então, só o registo desse país o sabe.
verdict-quorum = Testemunhas a menos
verdict-quorum-text = A assinatura do diário está certa, mas coassinaram menos testemunhas do que este registo exige. Peça a prova de novo daqui a pouco.
verdict-altered = Alterado
verdict-altered-text = Algo neste pacote foi mudado, ou pertence a outra coisa. Não prova nada.
verdict-unknown = Emissor desconhecido
verdict-unknown-text = Este pacote vem de um diário que este registo não conhece. Pode ser verdadeiro, mas não pode ser verificado aqui.
verdict-unreadable = Isto não é um pacote de prova
verdict-unreadable-text = Cole o texto inteiro do ficheiro, da primeira à última linha.
verdict-record = A entrada consta do diário, e esta versão não sabe lê-la
verdict-record-text = A prova é válida. O que a entrada diz é de um formato posterior ao que esta versão lê, ou viola as regras do seu formato.
verdict-fork = Dois diários sob uma mesma chave
verdict-fork-text = Este pacote está assinado por este registo e pelas suas testemunhas, mas o diário do próprio registo diz outra coisa neste lugar. Guarde-o e avise a autoridade e os parceiros: é uma evidência.

## A federação num mapa
world-title = Federação
world-text = Os países com que este registo coopera: como estão os seus nós vistos daqui, e o que passou de uns para os outros.
world-about = { $count ->
    [one] Mapa de { $shown } país; as listas abaixo dizem o mesmo por palavras
   *[other] Mapa de { $shown } países; as listas abaixo dizem o mesmo por palavras
}
map-own = o país deste registo
map-silent = inacessível, congelado ou já não é parceiro
map-bad = acusado, ou viola uma regra
map-other = parceiro de um parceiro
routes-title = O que passou de um país para outro, por palavras
routes-none = Ainda nada passou de um país para outro.
routes-from = De
routes-to = Para
renewed = Situação em { $time }.
renew = Atualizar esta página

## Transparência
transparency-title = Transparência
transparency-text = Quem vigia este registo, e o que vê. Um registo que mostra duas histórias é descoberto pelas suas testemunhas.
alarm-none = Nenhum alarme
alarm-none-text = O diário está testemunhado, e nenhuma testemunha se queixou.
alarm-not-ready = O registo não está pronto
alarm-witness = A testemunha { $name } não coassinou
alarm-accused = O registo de { $name } está acusado
alarm-disputed = Este registo e o de { $name } não concordam sobre unidades
head-title = Cabeça do diário
head-entries = Entradas
head-last = Última entrada
head-root = Raiz
head-witnessed = Testemunhado
head-all = todas as entradas
head-behind = { $count ->
    [one] falta { $shown } entrada
   *[other] faltam { $shown } entradas
}
head-nothing = ainda nada
head-log = Diário
head-key = Chave do diário
witnesses-title = Testemunhas
witnesses-text = Comparam cada cabeça com o que viram antes, e só coassinam o que a continua.
witnesses-none = Nenhuma está configurada: nada pode sair deste registo.
witness-current = em dia
witness-behind = atrasada
witness-fault = recusou
partners-title = Parceiros
partners-text = Os nós dos países parceiros, tal como este nó os alcança. Cada um verifica este diário por si mesmo antes de acreditar numa transferência.
partners-none = Nenhum está inscrito.
partner-connected = ligado
partner-unreachable = não ligado
open-title = Transferências abertas
open-outgoing = { $count ->
    [one] { $shown } transferência espera pelo seu destino.
   *[other] { $shown } transferências esperam pelo seu destino.
}
open-incoming = { $count ->
    [one] { $shown } resposta espera pela sua origem.
   *[other] { $shown } respostas esperam pela sua origem.
}
watch-title = Vigie-o você mesmo
watch-text = O diário é publicado nos formatos da C2SP, para que ferramentas de outros o possam seguir.

## Entradas do diário
entries-title = Entradas do diário
entries-text = Tudo o que alguma vez aconteceu neste registo, por ordem. Uma entrada nunca muda e nunca desaparece.
entries-caption = Entradas, a mais recente primeiro
entries-older = Entradas mais antigas
entry-title = Entrada { $entry }
entry-request = Pedido
entry-holds = Esta entrada está provada
entry-holds-text = Cada impressão digital abaixo leva à cabeça assinada de { $size } entradas de { $origin }.
entry-broken = Esta prova não se sustenta
entry-waits = Ainda não testemunhada
entry-waits-text = A entrada está no diário, mas nenhum quórum de testemunhas coassinou uma cabeça que a abranja. Carregue esta página de novo daqui a pouco.
entry-credential = Descarregar a credencial verificável (W3C)
entry-download = Descarregar o pacote de prova
entry-check = Verificar um pacote
entry-leaf = O que diz a entrada
entry-leaf-text = O registo, { $bytes } bytes na sua única codificação possível.
entry-leaf-show = Mostrar o registo
entry-hash = A sua impressão digital
entry-hash-text = SHA-256 de um byte zero e dos bytes do registo (RFC 6962).
entry-ladder = A escada das impressões digitais
entry-ladder-text = { $count ->
    [one] { $shown } impressão digital vizinha leva da entrada até à raiz.
   *[other] { $shown } impressões digitais vizinhas levam da entrada até à raiz.
}
entry-ladder-show = Mostrar cada passo
entry-left = com, à esquerda,
entry-right = com, à direita,
entry-root = A raiz
entry-root-equal = A escada termina na raiz assinada.
entry-root-other = A escada não termina na raiz assinada.
entry-checkpoint = O ponto de controlo
entry-checkpoint-text = A raiz e o número de entradas, tal como o diário os assinou.
entry-checkpoint-show = Mostrar o ponto de controlo
entry-signatures = As assinaturas
entry-signer = Signatário
entry-role = Função
entry-key = Chave
entry-role-log = o diário
entry-role-witness = testemunha
entry-role-unknown = desconhecido aqui
entry-yourself = Verifique você mesmo
entry-yourself-text = Guarde o pacote de prova e verifique-o no seu próprio computador, sem rede.

record-genesis = Começa o registo
record-organisation = Organização
record-account = Conta aberta
record-project = Projeto registado
record-issuance = Unidades emitidas
record-split = Intervalo separado
record-hold = Retenção
record-transfer = Movido entre contas
record-lock = Bloqueado para uma transferência ao estrangeiro
record-ask-cancel = Cancelamento pedido
record-acquire = Adquirido do estrangeiro
record-refuse = Transferência recusada
record-finalise = Transferência definitiva
record-release = Unidades libertadas
record-source-settled = Fim de uma transferência anotado
record-retire = Unidades retiradas
record-block-header = Fim de um bloco
record-key-rotation = Nova chave do diário
record-partner = País parceiro
record-agreement = Acordo
record-process-part = Parte de um ficheiro de procedimento
record-process-adopted = Procedimento adotado
record-case-opened = Processo aberto
record-case-act = Passo de um processo
record-case-migrated = Processo passado a um procedimento mais novo
record-hold-placed = Retenção pela autoridade
record-hold-lifted = Retenção levantada pela autoridade
record-finding-opened = Constatação aberta
record-finding-answered = Constatação respondida
record-finding-closed = Constatação encerrada
record-letter-issued = Carta emitida
record-trusted-receiver = Recetor de confiança
record-ledger-accused = Prova contra o registo de um parceiro
record-ledger-cleared = Registo de um parceiro reabilitado
record-positions-compared = Registo comparado com o de um parceiro
record-freeze-honoured = Ordem de bloqueio de um parceiro aplicada
record-freeze-ended = Ordem de bloqueio de um parceiro terminada
record-cooperative-approach = Abordagem cooperativa
record-initial-report = Relatório inicial
record-ndc = Contribuição (NDC)
record-emissions-level = Nível de emissões
record-authorised-entity = Entidade autorizada
record-authorisation = Autorização
record-authorisation-revoked = Autorização revogada
record-units-authorised = Unidades autorizadas
record-use-notified = Uso no estrangeiro notificado

## Âmbitos setoriais do MDL
scope-1 = Indústrias da energia
scope-2 = Distribuição de energia
scope-3 = Procura de energia
scope-4 = Indústrias transformadoras
scope-5 = Indústrias químicas
scope-6 = Construção
scope-7 = Transportes
scope-8 = Minas e produção mineral
scope-9 = Produção de metais
scope-10 = Emissões fugitivas de combustíveis
scope-11 = Emissões fugitivas de halocarbonetos e SF₆
scope-12 = Uso de solventes
scope-13 = Tratamento e eliminação de resíduos
scope-14 = Florestação e reflorestação
scope-15 = Agricultura
scope-16 = Captura e armazenamento de carbono

## Ajuda
guidance-title = Ajuda
guidance-text = Respostas curtas para quem lê este registo pela primeira vez.
guide-register = Como registar um projeto
guide-register-1 = Primeiro regista-se a sua organização. A autoridade examina-a e admite-a; depois as suas pessoas iniciam sessão.
guide-register-2 = Entrega o projeto com o seu documento de conceção. Um certificador valida-o, e a autoridade decide.
guide-register-3 = Depois de cada período de monitorização entrega um relatório. Um certificador verifica-o, e a autoridade emite as unidades para a sua conta.
guide-register-4 = Cada passo, e de quem é a vez, está na página do projeto. Os passos deste país são dados: a API dá o ficheiro inteiro do procedimento.
guide-serial = Como ler um número de série
guide-serial-1 = Um número como VU-ITMO-11-356-2022-0-27-35 nomeia um intervalo de unidades, cada uma de uma tonelada de CO₂ equivalente.
guide-serial-2 = As suas partes são o país, o género de unidade, o âmbito setorial, o número do projeto, o ano da mitigação, um número reservado, e a primeira e a última unidade.
guide-serial-3 = O número de uma unidade nunca muda. Quando um intervalo é separado, ambas as partes conservam os seus números, de modo que cada unidade pode ser seguida desde a emissão.
guide-serial-4 = Depois da sua primeira transferência para outro país, uma unidade tem também um identificador ITMO, que nomeia a abordagem cooperativa e o país da primeira transferência.
guide-proof = O que prova uma prova
guide-proof-1 = Tudo o que acontece aqui torna-se uma entrada de um diário que só pode crescer. Cada cabeça do diário é assinada.
guide-proof-2 = Testemunhas independentes comparam cada cabeça com a anterior e coassinam-na. Se o registo alguma vez mostrasse dois diários diferentes, testemunhas honestas não assinariam ambos.
guide-proof-3 = Um pacote de prova contém uma entrada, as impressões digitais que levam dela a uma cabeça assinada, e as assinaturas. Quem o tem não precisa de rede nem de confiar neste sítio.
guide-proof-4 = Uma prova diz o que era verdade na sua cabeça. Se as unidades se moveram depois, só o diz um olhar mais recente ao registo.
guide-transfer = Como as unidades passam uma fronteira
guide-transfer-1 = A origem bloqueia as unidades e prova o bloqueio. O destino verifica essa prova por si mesmo e responde com a sua: adquirido, ou recusado.
guide-transfer-2 = Só essa resposta termina o bloqueio: adquirido torna a transferência definitiva, recusado liberta as unidades. O silêncio não faz nem uma coisa nem outra, de modo que nenhuma unidade está alguma vez em dois países.
guide-transfer-3 = A página de uma transferência mostra os dois lados, cada passo com a sua entrada, e quem deve agir a seguir.
guide-words = Glossário
guide-words-1 = ITMO: resultado de mitigação transferido internacionalmente, uma unidade que conta segundo o artigo 6.2 do Acordo de Paris.
guide-words-2 = NDC: contribuição nacionalmente determinada, o que um país prometeu fazer pelo clima.
guide-words-3 = Ajuste correspondente: o que um país soma ao seu balanço de emissões porque outro conta a mitigação.
guide-words-4 = Abordagem cooperativa: o que dois ou mais países acordaram para os ITMO. AEF: o formato eletrónico acordado do seu relatório anual.
guide-words-5 = Safra: o ano em que a mitigação ocorreu.
guide-words-6 = Retirada: o uso ou o cancelamento de uma unidade. Ela termina aí para sempre.
guide-access = Acessibilidade
guide-access-1 = Estas páginas visam as WCAG 2.2, nível AA. Funcionam com teclado e com leitor de ecrã, com ampliação de 400 %, sem scripts, em telefones velhos e ligações lentas.
guide-access-2 = Cada gráfico e cada mapa tem uma tabela que diz o mesmo.
guide-access-3 = Se algo o impede, diga-o à autoridade que mantém este registo.
guide-privacy = Privacidade
guide-privacy-1 = Estas páginas não guardam cookies, não contam visitantes e não carregam nada de outros servidores.
guide-privacy-2 = O diário não contém nomes de pessoas. Contém impressões digitais com números secretos; quando uma pessoa é apagada, os números desaparecem, e ninguém pode mais ligar a impressão digital.
guide-privacy-3 = O beneficiário de uma retirada só é nomeado aqui se o consentiu.

## Systems around the registry
badges-title = Outros sistemas:
bridge-name-cad-trust = CAD Trust
bridge-name-mrv = Sistema MRV nacional
bridge-name-itmo-platform = Plataforma ITMO do PNUD
badge-agrees = coincide
badge-absent = não está lá
badge-due = em curso
badge-stopped = falta algo aqui
badge-differs = difere
badge-dead = recusado lá

# ---- notices, letters, partners' ledgers
notices-title = Avisos de usos no estrangeiro
notices-text = O que outros registos comunicaram a este país sobre unidades que saíram antes da sua primeira transferência, tal como foi registado.
notice-title = Aviso de { $party }
notice-day = Dia do uso
notice-party = Onde
notice-reference = Onde se encontra o aviso
notice-recorded = Registado
notice-text = O que lá aconteceu é a primeira transferência destas unidades.
recorded-letters-title = Cartas
recorded-letters-text = Cada carta emitida por este registo consta do seu diário pelo SHA-256 do ficheiro. O que uma carta diz é para os seus destinatários.
letter-language = Língua
letter-case = Processo
letter-text = Quem tem o ficheiro pode comparar o seu SHA-256 com este.
mirrored-title = Livro-razão de { $country }
mirrored-text = Estas são entradas do livro-razão do outro país, tal como este registo as guarda e verifica.
mirrored-origin = Diário
mirrored-refused = A entrada { $entry } viola uma regra. Nem ela nem as seguintes são aceites aqui.
mirrored-unreadable = Uma entrada que esta versão não sabe ler
