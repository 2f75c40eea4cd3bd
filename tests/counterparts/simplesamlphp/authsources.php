<?php
$people = [];
foreach (['ada', 'olga', 'chika'] as $who) {
    $name = ucfirst($who);
    $people["$who:$who"] = ['uid' => [$who], 'mail' => ["$who@nordlicht.example"], 'displayName' => [$name]];
}
$config = ['people' => ['exampleauth:UserPass'] + $people];
